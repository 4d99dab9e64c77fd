"""Tonight's features and scores against training and the last night: said, written, and where need be the end."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pyarrow as pa

from conf.deployment import Drift as DriftLimits
from conf.deployment import DriftLimit
from jobs.bin_counts import last_night, read_counts, write_counts
from jobs.context import RunContext
from jobs.errors import Drifted
from models.champion import Champion
from models.drift import Drift, drifts
from models.histogram import Histogram, IntArray
from models.reference import in_bins_of

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
