"""Forecasts -> the figures of a model, each with its interval and the naive figures beside."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.calibration import FloatArray
from models.evaluation import (
    CATEGORY_RATE,
    Forecasts,
    IntArray,
    auc,
    auc_of_places,
    bias_of_total,
    expected_calibration_error,
    log_loss,
    qini,
    rank_correlation,
    skill,
)

BOOTSTRAP_DRAWS = 200
INTERVAL = (2.5, 97.5)
"""Percentiles of the draws that bound the interval."""

MIN_YES = 20
"""A category with fewer buyers in the cut-off has no figure of its own: its interval would say nothing."""

SKILL = "skill"

Score = Callable[[FloatArray, FloatArray], float]


@dataclass(frozen=True)
class Figure:
    """One metric on one cut-off.

    Attributes:
        metric: its name, as gates in models.yaml use it; `auc:<category>` within one category.
        value: the model's.
        low, high: 95 % bootstrap interval, customers drawn with replacement.
        naive: name of a forecast without a model -> its figure on the same rows; higher is better where there are any.
    """

    metric: str
    value: float
    low: float
    high: float
    naive: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """A score over all rows, or over those of one category."""

    name: str
    score: Score
    is_ranking: bool = False
    category: str | None = None

    def of(self, forecasts: Forecasts, naive: str | None = None) -> float:
        """Of the model's forecasts, or of a naive one."""
        forecast = forecasts.forecast if naive is None else forecasts.naive[naive]
        if self.category is None:
            return self.score(forecast, forecasts.outcome)
        rows = forecasts.category == self.category
        return self.score(forecast[rows], forecasts.outcome[rows])


def figures(forecasts: Forecasts, *, is_money: bool, seed: int, is_uplift: bool = False) -> tuple[Figure, ...]:
    """Ranking beside the naive forecasts, then calibration, then ranking within each category.

    Args:
        forecasts: with outcomes.
        is_money: whether they are money.
        seed: of the bootstrap.
        is_uplift: whether they are what a contact changes; neither: probabilities.
    """
    metrics = _OF_UPLIFT if is_uplift else _metrics(forecasts, is_money=is_money)
    draws = np.array([[drawn.score(metric) for metric in metrics] for drawn in _drawn(forecasts, seed)])
    bounds = [_bounds(draws[:, position]) for position in range(len(metrics))]
    return tuple(
        Figure(metric.name, metric.of(forecasts), *bound, _naive(metric, forecasts))
        for metric, bound in zip(metrics, bounds, strict=True)
    )


@dataclass(frozen=True)
class _Draw:
    """Rows drawn from forecasts; whole numbers in place of what takes long to sort and to compare.

    Attributes:
        place: (n,) of the forecast among the different ones, the lowest is 0.
        category: (n,) the place of the category's name in `categories`.
    """

    forecast: FloatArray
    outcome: FloatArray
    place: IntArray
    category: IntArray
    categories: Sequence[str]

    @staticmethod
    def of_all(forecasts: Forecasts) -> "_Draw":
        """Every row once."""
        different, place = np.unique(forecasts.forecast, return_inverse=True)
        categories, category = _coded(forecasts)
        narrow = np.min_scalar_type(len(different))  # numpy sorts short whole numbers by their digits
        return _Draw(forecasts.forecast, forecasts.outcome, place.astype(narrow), category, categories)

    def subset(self, rows: IntArray) -> "_Draw":
        """These rows; a row may be drawn several times."""
        numbers, codes = (self.forecast[rows], self.outcome[rows]), (self.place[rows], self.category[rows])
        return _Draw(*numbers, *codes, self.categories)

    def score(self, metric: Metric) -> float:
        """What `metric.of` says of the same rows."""
        if metric.category is not None:
            of_category = self.subset(np.flatnonzero(self.category == self.categories.index(metric.category)))
            return of_category.score(replace(metric, category=None))
        if metric.score is auc:
            return auc_of_places(self.place, self.outcome)
        if metric.score is expected_calibration_error:
            return expected_calibration_error(self.forecast, self.outcome, place=self.place)
        return metric.score(self.forecast, self.outcome)


def _coded(forecasts: Forecasts) -> tuple[list[str], IntArray]:
    """The names of the categories, and which of them each row has; no names of a model of customers."""
    if forecasts.category is None:
        return [], np.zeros(len(forecasts.forecast), dtype=np.int64)
    names, code = np.unique(forecasts.category.astype(str), return_inverse=True)
    return names.tolist(), code


def _mean_effect(_forecast: FloatArray, effect: FloatArray) -> float:
    return float(effect.mean())


def _bias_of_mean(forecast: FloatArray, effect: FloatArray) -> float:
    return float(forecast.mean() - effect.mean())


_OF_UPLIFT = [
    Metric("qini", qini, is_ranking=True),
    Metric("observed_uplift", _mean_effect),
    Metric("bias_of_uplift", _bias_of_mean),
]


def _metrics(forecasts: Forecasts, *, is_money: bool) -> list[Metric]:
    if is_money:
        return [Metric("spearman", rank_correlation, is_ranking=True), Metric("bias_of_total", bias_of_total)]
    overall = [
        Metric("auc", auc, is_ranking=True),
        Metric(SKILL, skill),
        Metric("log_loss", log_loss),
        Metric("expected_calibration_error", expected_calibration_error),
    ]
    if forecasts.category is None:
        return overall
    names, code = _coded(forecasts)
    yes = np.bincount(code, forecasts.outcome)
    within = [
        Metric(f"auc:{name}", auc, True, name) for name, count in zip(names, yes, strict=True) if count >= MIN_YES
    ]
    return [*overall, *within]


def _naive(metric: Metric, forecasts: Forecasts) -> dict[str, float]:
    if metric.name == SKILL:
        return {name: skill(rate, forecasts.outcome) for name, rate in _rates(forecasts).items()}
    return {name: metric.of(forecasts, name) for name in forecasts.naive} if metric.is_ranking else {}


def _rates(forecasts: Forecasts) -> dict[str, FloatArray]:
    """The naive forecasts that are probabilities: the response rate of these very rows, and that per category."""
    everybody = {"response_rate": np.full(len(forecasts.outcome), forecasts.outcome.mean())}
    return everybody | {name: rate for name, rate in forecasts.naive.items() if name == CATEGORY_RATE}


def _drawn(forecasts: Forecasts, seed: int) -> Iterator[_Draw]:
    """As many customers as there are, drawn with replacement, all rows of a customer together."""
    random, rows = np.random.default_rng(seed), _Draw.of_all(forecasts)
    order = np.argsort(forecasts.customer, kind="stable")
    starts = np.flatnonzero(np.diff(forecasts.customer[order], prepend=-1))
    sizes = np.diff(starts, append=len(order))
    for _ in range(BOOTSTRAP_DRAWS):
        customers = random.integers(len(starts), size=len(starts))
        drawn_sizes = sizes[customers]
        ends = np.cumsum(drawn_sizes)
        shifts = np.repeat(starts[customers] - (ends - drawn_sizes), drawn_sizes)
        yield rows.subset(order[np.arange(len(shifts)) + shifts])


def _bounds(scores: FloatArray) -> tuple[float, float]:
    if np.isnan(scores).all():
        return float("nan"), float("nan")
    low, high = np.nanpercentile(scores, INTERVAL)
    return float(low), float(high)
