"""The figures of a model within parts of the population: by how recently customers bought, and by category."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.calibration import FloatArray
from models.estimators.declaration import Estimator
from models.evaluation import Forecasts, IntArray
from models.figures import MIN_YES, Figure, figures
from models.matrix import SINCE_PURCHASE

RECENCY_DAYS = {"active": (0, 30), "slowing": (31, 90), "lapsed": (91, None)}
"""Segment -> days since the last purchase, both ends included; None: or more, or never."""


@dataclass(frozen=True)
class Segment:
    """A part of the test rows.

    Attributes:
        segment: `recency: <name>` or `category: <name>`.
        rows: in it.
        figures: of the model on them, with their own intervals.
    """

    segment: str
    rows: int
    figures: tuple[Figure, ...]


def segments(test: Forecasts, table: pa.Table, day: date, *, kind: Estimator, seed: int) -> tuple[Segment, ...]:
    """Figures of each segment with enough outcomes to say anything.

    Args:
        test: the model's forecasts at the test cut-off.
        table: features at that cut-off; `customer_number` says whose.
        day: the test cut-off.
        kind: what made the forecasts.
        seed: of the bootstrap.
    """
    whole = replace(test, category=None)
    parts = []
    for name, rows in _parts(test, table, day):
        yes = int((test.outcome[rows] > 0).sum())
        if min(yes, len(rows) if kind.is_money else len(rows) - yes) >= MIN_YES:
            measured = figures(whole.subset(rows), is_money=kind.is_money, is_uplift=kind.is_uplift, seed=seed)
            parts.append(Segment(name, len(rows), measured))
    return tuple(parts)


def _parts(test: Forecasts, table: pa.Table, day: date) -> Iterator[tuple[str, IntArray]]:
    if SINCE_PURCHASE in table.column_names:
        days = _days_since_purchase(test, table, day)
        for name, (first, last) in RECENCY_DAYS.items():
            inside = (days >= first) & (days <= last) if last is not None else ~(days < first)
            yield f"recency: {name}", np.flatnonzero(inside)
    if test.category is not None:
        for name in np.unique(test.category.astype(str)).tolist():
            yield f"category: {name}", np.flatnonzero(test.category == name)


def _days_since_purchase(test: Forecasts, table: pa.Table, day: date) -> FloatArray:
    """(n,) of each test row's customer; NaN: never bought."""
    rows = table.filter(pc.equal(table["as_of"], pa.scalar(day)))
    number = rows["customer_number"].to_numpy()
    order = np.argsort(number)
    places = order[np.searchsorted(number[order], test.customer)]
    return np.asarray(rows[SINCE_PURCHASE].to_numpy(), dtype=np.float64)[places]
