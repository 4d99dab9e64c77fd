"""The lake's table `bin_counts`: how a night's features and scores fell into the bins of training."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa

from jobs.core.lake import Lake
from models.histogram import Histogram

TABLE = "bin_counts"
COMPARABLE_DAYS = 7
"""A night longer ago is no last night: the same weekday at most, so that a weekly rhythm is no drift for long."""
SCHEMA = pa.schema(
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
    lake.write_arrow(pa.Table.from_pylist(rows, SCHEMA), TABLE, as_of)


def read_counts(lake: Lake, as_of: date) -> dict[str, list[Histogram]]:
    """Model -> the histograms of that night, in the order in which they were written."""
    by_model: dict[str, list[Histogram]] = {}
    for row in lake.read_arrow(TABLE, as_of).to_pylist():
        by_model.setdefault(row.pop("model"), []).append(Histogram(**row))
    return by_model


def last_night(lake: Lake, as_of: date) -> date | None:
    """The newest night before this one that was counted, if it is near enough to compare with."""
    newest = lake.newest_before(TABLE, as_of)
    return newest if newest and newest >= as_of - timedelta(days=COMPARABLE_DAYS) else None


def last_night_facts(lake: Lake, as_of: date) -> dict[str, str] | None:
    """Which night this one was compared with, and a hash of what was counted then: both stand in the report."""
    newest = last_night(lake, as_of)
    if newest is None:
        return None
    rows = json.dumps(lake.read_arrow(TABLE, newest).to_pylist(), sort_keys=True)
    return {"as_of": newest.isoformat(), "sha256": hashlib.sha256(rows.encode()).hexdigest()}
