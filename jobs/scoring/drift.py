"""Drift of the night's features and scores against training and the last night: reported, written, and a stop."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pyarrow as pa

from conf.deployment import Drift as DriftLimits
from conf.deployment import DriftLimit
from jobs.core.errors import Drifted
from jobs.run_context import RunContext
from jobs.scoring.bin_counts import last_night, read_counts, write_counts
from models.champion import Champion
from models.drift import Drift, drifts
from models.histogram import Histogram, IntArray
from models.training_reference import in_bins_of

MAX_NAMED = 3
SCHEMA = pa.schema(
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
    """Compare the night's counts, write the table `drift`, report what moved.

    Args:
        champions: those that counted.
        counts: per champion, as `Scored.counts` gives them.

    Raises:
        Drifted: something has moved further than deployment.yaml allows; the night's counts are not kept to compare
            with.
    """
    lake, as_of, limits = context.lake, context.as_of, context.settings.deployment.drift
    now = {
        champion.contract.model: in_bins_of(champion.contract, counted)
        for champion, counted in zip(champions, counts, strict=True)
        if champion.contract.reference
    }
    before = {champion.contract.model: champion.contract.reference for champion in champions}
    shifts = [*_compared("training", before, now), *_against_last_night(context, now)]
    verdicts = [verdict(limits, shift) for shift in shifts]
    rows = [{**asdict(shift), "verdict": word} for shift, word in zip(shifts, verdicts, strict=True)]
    lake.write_arrow(pa.Table.from_pylist(rows, SCHEMA), "drift", as_of)
    moved = sorted(zip(verdicts, shifts, strict=True), key=lambda pair: (not pair[1].is_score, -pair[1].psi))
    _raise_if_stopped(limits, [shift for word, shift in moved if word == "stop"])
    _say(context, [shift for word, shift in moved if word == "warn"])
    write_counts(lake, as_of, now)


def verdict(limits: DriftLimits, shift: Drift) -> str:
    """`stop`, `warn` or `ok`; what chance alone makes of so few rows is always ok."""
    limit = _limit(limits, shift)
    for name, bound in (("stop", limit.stop), ("warn", limit.warn)):
        if bound is not None and shift.psi >= bound and shift.psi > shift.chance:
            return name
    return "ok"


def in_words(shift: Drift) -> str:
    """What moved, since when and how far."""
    since = "training" if shift.against == "training" else f"the night of {shift.against}"
    what = "the score" if shift.is_score else f"the feature {shift.column!r}"
    return f"model {shift.model!r}: {what} has moved since {since}: PSI {shift.psi:.2f} over {shift.rows:,} rows"


def _against_last_night(context: RunContext, now: Mapping[str, Sequence[Histogram]]) -> list[Drift]:
    night = last_night(context.lake, context.as_of)
    return _compared(night.isoformat(), read_counts(context.lake, night), now) if night else []


def _compared(
    against: str, before: Mapping[str, Sequence[Histogram]], now: Mapping[str, Sequence[Histogram]]
) -> list[Drift]:
    return [shift for model in now for shift in drifts(model, against, before.get(model, ()), now[model])]


def _raise_if_stopped(limits: DriftLimits, moved: Sequence[Drift]) -> None:
    if moved:
        lines = [f"  {in_words(shift)}, {_limit(limits, shift).stop:g} stops the night" for shift in moved[:MAX_NAMED]]
        more = len(moved) - len(lines)
        lines += [f"  and {more} more"] if more else []
        text = "\n".join(lines)
        raise Drifted(
            f"features or scores have moved too far; nothing was decided:\n{text}\n"
            "The limits are in deployment.yaml (drift); look at the sources, then train anew or roll back."
        )


def _say(context: RunContext, moved: Sequence[Drift]) -> None:
    for shift in moved[:MAX_NAMED]:
        context.say(f"  {in_words(shift)}")
    if len(moved) > MAX_NAMED:
        context.say(f"  and {len(moved) - MAX_NAMED} more have moved; the report names those that moved most")


def _limit(limits: DriftLimits, shift: Drift) -> DriftLimit:
    return limits.scores if shift.is_score else limits.features
