"""Two versions on the same rows: by how much is one worse than the other?"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from models.calibration import FloatArray
from models.evaluation import (
    Forecasts,
    IntArray,
    auc,
    bias_of_total,
    expected_calibration_error,
    log_loss,
    qini,
    rank_correlation,
    skill,
)


@dataclass(frozen=True)
class Comparable:
    """A metric by which versions are compared.

    Attributes:
        score: forecasts and outcomes -> the figure.
        badness: the figure -> a number that is smaller the better it is.
    """

    score: Callable[[FloatArray, FloatArray], float]
    badness: Callable[[float], float]


COMPARABLE: Mapping[str, Comparable] = {
    "auc": Comparable(auc, lambda figure: -figure),
    "skill": Comparable(skill, lambda figure: -figure),
    "qini": Comparable(qini, lambda figure: -figure),
    "spearman": Comparable(rank_correlation, lambda figure: -figure),
    "log_loss": Comparable(log_loss, lambda figure: figure),
    "expected_calibration_error": Comparable(expected_calibration_error, lambda figure: figure),
    "bias_of_total": Comparable(bias_of_total, abs),
}
"""Metric, as in `figures`, -> how it is compared."""


@dataclass(frozen=True)
class Compared:
    """One metric of two versions on the same rows; `worse_by` is negative where the first is better."""

    own: float
    others: float
    worse_by: float


def compared(first: Forecasts, other: Forecasts, metrics: Iterable[str]) -> dict[str, Compared]:
    """Metric -> both figures, of forecasts row by row for the same customers and categories, with own's outcomes.

    Of the metrics asked for those that can be compared; one that cannot be measured is NaN, which passes no gate.
    """
    by_metric = {}
    for name in sorted(set(metrics) & set(COMPARABLE)):
        metric = COMPARABLE[name]
        mine, theirs = (metric.score(forecasts.forecast, first.outcome) for forecasts in (first, other))
        by_metric[name] = Compared(mine, theirs, metric.badness(mine) - metric.badness(theirs))
    return by_metric


def rows_in_common(mine: Forecasts, other: Forecasts) -> tuple[IntArray, IntArray]:
    """Places in both of the customers, or customers and categories, that both answer; in the same order."""
    names = sorted(
        {
            str(name)
            for forecasts in (mine, other)
            if forecasts.category is not None
            for name in np.unique(forecasts.category)
        }
    )
    _, first, second = np.intersect1d(_keys(mine, names), _keys(other, names), assume_unique=True, return_indices=True)
    return first.astype(np.int64), second.astype(np.int64)


def _keys(forecasts: Forecasts, names: list[str]) -> IntArray:
    """An integer per row: the customer and, where there are categories, the category."""
    code = np.zeros(len(forecasts.customer), np.int64)
    if forecasts.category is not None:
        code = np.searchsorted(np.asarray(names), forecasts.category.astype(str)) + 1
    return forecasts.customer * (len(names) + 1) + code
