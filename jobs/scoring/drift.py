"""Drift of the night's features and scores against training and the last night: reported, written, and a stop."""

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
    rows = [
        {"model": model, **histogram.model_dump()} for model, histograms in by_model.items() for histogram in histograms
    ]
    lake.write_arrow(pa.Table.from_pylist(rows, BIN_COUNTS_SCHEMA), BIN_COUNTS, as_of)


def read_counts(lake: Lake, as_of: date) -> dict[str, list[Histogram]]:
    """Model -> the histograms of that night, in the order in which they were written."""
    by_model: dict[str, list[Histogram]] = {}
    for row in lake.read_arrow(BIN_COUNTS, as_of).to_pylist():
        by_model.setdefault(row.pop("model"), []).append(Histogram(**row))
    return by_model


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
    lake.write_arrow(pa.Table.from_pylist(rows, DRIFT_SCHEMA), "drift", as_of)
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
        lines = [
            f"  {in_words(shift)}, {_limit(limits, shift).stop:g} stops the night" for shift in moved[:SAID_AT_MOST]
        ]
        more = len(moved) - len(lines)
        lines += [f"  and {more} more"] if more else []
        text = "\n".join(lines)
        raise Drifted(
            f"features or scores have moved too far; nothing was decided:\n{text}\n"
            "The limits are in deployment.yaml (drift); look at the sources, then train anew or roll back."
        )


def _say(context: RunContext, moved: Sequence[Drift]) -> None:
    for shift in moved[:SAID_AT_MOST]:
        context.say(f"  {in_words(shift)}")
    if len(moved) > SAID_AT_MOST:
        context.say(f"  and {len(moved) - SAID_AT_MOST} more have moved; the report names those that moved most")


def _limit(limits: DriftLimits, shift: Drift) -> DriftLimit:
    return limits.scores if shift.is_score else limits.features
