"""Tonight's features and scores against training and the last night: said, written, and where need be the end."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta

import pyarrow as pa

from conf.deployment import Drift as DriftLimits
from conf.deployment import DriftLimit
from jobs.core.errors import Drifted
from jobs.core.lake import Lake
from jobs.run_context import RunContext
from models.champion import Champion
from models.drift import Drift, drifts
from models.histogram import Histogram, IntArray
from models.training_reference import in_bins_of

BIN_COUNTS = "bin_counts"
COMPARABLE_DAYS = 7
"""A night longer ago is no last night: the same weekday at most, so that a weekly rhythm is no drift for long."""
BIN_COUNTS_SCHEMA = pa.schema(
    {
        "model": pa.string(),
        "column": pa.string(),
        "edges": pa.list_(pa.float64()),
        "texts": pa.list_(pa.string()),
        "counts": pa.list_(pa.int64()),
    }
)


def write_counts(lake: Lake, as_of: date, by_model: Mapping[str, Sequence[Histogram]]) -> None:
    """Replace the table of this date."""
    rows = [{"model": model, **one.model_dump()} for model, found in by_model.items() for one in found]
    lake.write_arrow(pa.Table.from_pylist(rows, BIN_COUNTS_SCHEMA), BIN_COUNTS, as_of)


def read_counts(lake: Lake, as_of: date) -> dict[str, list[Histogram]]:
    """Model -> the histograms of that night, in the order in which they were written."""
    found: dict[str, list[Histogram]] = {}
    for row in lake.read_arrow(BIN_COUNTS, as_of).to_pylist():
        found.setdefault(row.pop("model"), []).append(Histogram(**row))
    return found


def last_night(lake: Lake, as_of: date) -> date | None:
    """The newest night before this one that was counted, if it is near enough to compare with."""
    newest = lake.newest_before(BIN_COUNTS, as_of)
    return newest if newest and newest >= as_of - timedelta(days=COMPARABLE_DAYS) else None


def last_night_facts(lake: Lake, as_of: date) -> dict[str, str] | None:
    """Which night this one was compared with, and a hash of what was counted then: both stand in the report."""
    newest = last_night(lake, as_of)
    if newest is None:
        return None
    rows = json.dumps(lake.read_arrow(BIN_COUNTS, newest).to_pylist(), sort_keys=True)
    return {"as_of": newest.isoformat(), "sha256": hashlib.sha256(rows.encode()).hexdigest()}


SAID_AT_MOST = 3
DRIFT_SCHEMA = pa.schema(
    {
        "model": pa.string(),
        "column": pa.string(),
        "is_score": pa.bool_(),
        "against": pa.string(),
        "psi": pa.float64(),
        "chance": pa.float64(),
        "rows": pa.int64(),
        "verdict": pa.string(),
    }
)


def check_drift(context: RunContext, champions: Sequence[Champion], counts: Sequence[IntArray]) -> None:
    """Compare what was counted tonight, write the table `drift`, say what moved.

    Args:
        champions: those that counted.
        counts: per champion, as `Scored.counts` gives them.

    Raises:
        Drifted: something has moved further than deployment.yaml allows; the night's counts are not kept to compare
            with.
    """
    lake, as_of, limits = context.lake, context.as_of, context.settings.deployment.drift
    now = {
        one.contract.model: in_bins_of(one.contract, counted)
        for one, counted in zip(champions, counts, strict=True)
        if one.contract.reference
    }
    before = {one.contract.model: one.contract.reference for one in champions}
    found = [*_compared("training", before, now), *_against_last_night(context, now)]
    verdicts = [verdict(limits, one) for one in found]
    rows = [{**asdict(one), "verdict": said} for one, said in zip(found, verdicts, strict=True)]
    lake.write_arrow(pa.Table.from_pylist(rows, DRIFT_SCHEMA), "drift", as_of)
    moved = sorted(zip(verdicts, found, strict=True), key=lambda one: (not one[1].is_score, -one[1].psi))
    _raise_if_stopped(limits, [one for said, one in moved if said == "stop"])
    _say(context, [one for said, one in moved if said == "warn"])
    write_counts(lake, as_of, now)


def verdict(limits: DriftLimits, one: Drift) -> str:
    """`stop`, `warn` or `ok`; what chance alone makes of so few rows is always ok."""
    limit = _limit(limits, one)
    for said, bound in (("stop", limit.stop), ("warn", limit.warn)):
        if bound is not None and one.psi >= bound and one.psi > one.chance:
            return said
    return "ok"


def in_words(one: Drift) -> str:
    """What moved, since when and how far."""
    since = "training" if one.against == "training" else f"the night of {one.against}"
    what = "the score" if one.is_score else f"the feature {one.column!r}"
    return f"model {one.model!r}: {what} has moved since {since}: PSI {one.psi:.2f} over {one.rows:,} rows"


def _against_last_night(context: RunContext, now: Mapping[str, Sequence[Histogram]]) -> list[Drift]:
    night = last_night(context.lake, context.as_of)
    return _compared(night.isoformat(), read_counts(context.lake, night), now) if night else []


def _compared(
    against: str, before: Mapping[str, Sequence[Histogram]], now: Mapping[str, Sequence[Histogram]]
) -> list[Drift]:
    return [one for model in now for one in drifts(model, against, before.get(model, ()), now[model])]


def _raise_if_stopped(limits: DriftLimits, moved: Sequence[Drift]) -> None:
    if moved:
        lines = [f"  {in_words(one)}, {_limit(limits, one).stop:g} stops the night" for one in moved[:SAID_AT_MOST]]
        more = len(moved) - len(lines)
        lines += [f"  and {more} more"] if more else []
        told = "\n".join(lines)
        raise Drifted(
            f"features or scores have moved too far; nothing was decided:\n{told}\n"
            "The limits are in deployment.yaml (drift); look at the sources, then train anew or roll back."
        )


def _say(context: RunContext, moved: Sequence[Drift]) -> None:
    for one in moved[:SAID_AT_MOST]:
        context.say(f"  {in_words(one)}")
    if len(moved) > SAID_AT_MOST:
        context.say(f"  and {len(moved) - SAID_AT_MOST} more have moved; the report names those that moved most")


def _limit(limits: DriftLimits, one: Drift) -> DriftLimit:
    return limits.scores if one.is_score else limits.features
