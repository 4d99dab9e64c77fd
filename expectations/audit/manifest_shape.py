"""What a manifest is made of: the auditor's own list of its fields and their types."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Shape = Any
"""A type or several, a pattern of texts, `[shape]` of a list, or field -> shape; `Maybe` where it may be null."""
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]{1,6})?", re.ASCII)
WORD = re.compile(r"[a-z_]+", re.ASCII)


class Maybe(tuple[Shape]):
    """A shape of what may be null as well."""

    __slots__ = ()


NUMBER = Maybe((float,))
INPUT = {"table": WORD, "file": str, "bytes": int, "sha256": DIGEST}
FIGURE = {"metric": str, "value": NUMBER, "low": NUMBER, "high": NUMBER, "naive": NUMBER}
MODEL = {"model": str, "score": str, "version": int, "sha256": DIGEST, "trained_as_of": DAY}
MODEL |= {"tested_at": Maybe((DAY,)), "figures": [FIGURE], "from_cache": bool}
PLAN = {"status": WORD, "engine": WORD, "gap": float, "value": AMOUNT, "bound": AMOUNT, "opted_out": int}
PLAN |= {"without_experiments": AMOUNT}
LIMIT = {"name": str, "use": NUMBER, "min": NUMBER, "max": NUMBER, "shadow_price": float, "side": str, "binding": bool}
LIMIT |= {"shortfall": float, "cause": str}
FILE = {"sha256": DIGEST, "bytes": int}
TABLE = FILE | {"rows": int}
DECISIONS = TABLE | {"sums": {"value": AMOUNT, "cost": AMOUNT, "net_value": AMOUNT}}
STATUSES = (
    *("offered", "control", "not_selected", "no_value", "ineligible", "capped", "no_consent"),
    *("holdout", "objector", "quarantined"),
)
MANIFEST = {"oneoffer": str, "deployment": str, "as_of": DAY, "currency": str, "time_zone": str}
MANIFEST |= {"code_sha256": DIGEST, "settings_sha256": DIGEST, "sources": [INPUT], "consents": [INPUT]}
MANIFEST |= {"models": [MODEL], "statuses": dict.fromkeys(STATUSES, int), "plan": PLAN, "limits": [LIMIT]}
MANIFEST |= {"history": {"sets": int, "sha256": DIGEST}, "last_night": Maybe(({"as_of": DAY, "sha256": DIGEST},))}


def wrong_fields(
    manifest: Mapping[str, Any], channels: Sequence[str], further: Sequence[str] = (), *, has_must_sends: bool
) -> int:
    """How many fields a manifest lacks, has too many, or has with another type.

    Args:
        channels: those that have files in the set.
        further: files that a set has beside those of every set.
        has_must_sends: whether an offer must be sent on the date.
    """
    files: dict[str, Shape] = {
        "decisions.parquet": DECISIONS,
        **dict.fromkeys(("limits.csv", "proof.json", *further), FILE),
    }
    files |= {"report.html": FILE} | {f"{name}.{kind}": TABLE for name in channels for kind in ("csv", "parquet")}
    plan = PLAN | ({"must_send": dict.fromkeys(("due", "sent", "at_most"), int)} if has_must_sends else {})
    return _wrong(manifest, MANIFEST | {"files": files, "plan": plan})


def _wrong(value: object, shape: Shape) -> int:
    if isinstance(shape, Maybe):
        return 0 if value is None else _wrong(value, shape[0])
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return 1
        return len(value.keys() ^ shape.keys()) + sum(_wrong(value[name], shape[name]) for name in value.keys() & shape)
    if isinstance(shape, list):
        return sum(_wrong(item, shape[0]) for item in value) if isinstance(value, list) else 1
    if isinstance(shape, re.Pattern):
        return int(not (isinstance(value, str) and shape.fullmatch(value)))
    return int(type(value) is not shape)
