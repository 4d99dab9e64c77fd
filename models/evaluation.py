"""How good forecasts are, beside naive ones, on the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata, spearmanr

from models.calibration import FloatArray, calibrated
from models.contract import Contract
from models.examples import Examples

IntArray = NDArray[np.int64]

CATEGORY_RATE = "category_rate"
"""The naive forecast from the share of buyers that the category had in training."""


@dataclass(frozen=True)
class Decile:
    """A tenth of the rows, from the highest forecast down: mean forecast and mean outcome must agree."""

    decile: int
    rows: int
    forecast: float
    outcome: float


@dataclass(frozen=True)
class Forecasts:
    """n rows whose outcome is known.

    Attributes:
        forecast: (n,) calibrated probabilities, money, or what a contact changes.
        outcome: (n,) 0 or 1, or money, or the responses of two arms weighted as `Examples.target` says.
        naive: name -> (n,) forecasts without a model; only their order counts.
        customer: (n,) an integer per customer: the bootstrap draws customers, not rows.
        category: (n,) the category's name; None for a model of customers.
    """

    forecast: FloatArray
    outcome: FloatArray
    naive: Mapping[str, FloatArray]
    customer: IntArray
    category: NDArray[np.object_] | None = None

    def subset(self, rows: IntArray) -> "Forecasts":
        """The forecasts of these rows; a row may be drawn several times."""
        naive = {name: values[rows] for name, values in self.naive.items()}
        category = None if self.category is None else self.category[rows]
        return Forecasts(self.forecast[rows], self.outcome[rows], naive, self.customer[rows], category)


def auc(forecast: FloatArray, outcome: FloatArray) -> float:
    """P(a yes is ranked above a no), ties half; NaN where only one of them occurs.

    Source: Hanley, McNeil (1982), Radiology 143: the Wilcoxon statistic; a tenth of the time of scikit-learn's.
    """
    yes = outcome == 1
    pairs = float(yes.sum()) * float((~yes).sum())
    least = yes.sum() * (yes.sum() + 1) / 2
    return float((rankdata(forecast)[yes].sum() - least) / pairs) if pairs else float("nan")


def auc_of_places(place: IntArray, outcome: FloatArray) -> float:
    """The same figure from the order alone, without sorting.

    Args:
        place: (n,) of the forecast among the different ones, the lowest is 0.
    """
    is_yes = outcome == 1
    rows = np.bincount(place)
    yes = np.bincount(place[is_yes], minlength=len(rows))
    twice_the_mean_rank = 2 * (np.cumsum(rows) - rows) + rows + 1
    count = int(yes.sum())
    pairs = float(count) * float(len(place) - count)
    least = count * (count + 1) / 2
    return (int(yes @ twice_the_mean_rank) / 2 - least) / pairs if pairs else float("nan")


def log_loss(forecast: FloatArray, outcome: FloatArray) -> float:
    """Mean negative log-likelihood; a forecast counts as at least 1e-6 away from certain."""
    inside = np.clip(forecast, 1e-6, 1 - 1e-6)
    return float(-np.mean(np.where(outcome == 1, np.log(inside), np.log1p(-inside))))


def skill(forecast: FloatArray, outcome: FloatArray) -> float:
    """The share of the response rate's log loss that the forecasts save; NaN where only one outcome occurs."""
    rate = np.full(len(outcome), outcome.mean())
    return 1 - log_loss(forecast, outcome) / log_loss(rate, outcome) if 0 < rate[0] < 1 else float("nan")


def qini_curve(forecast: FloatArray, effect: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What contacting those with the highest forecasts brings: (share of customers contacted, responses gained each).

    Customers of equal forecasts enter together, so that the order of rows decides nothing.

    Args:
        forecast: (n,) the higher, the sooner contacted.
        effect: (n,) responses weighted by arm, see `Examples.target`.

    Returns:
        Two arrays of m + 1 points from (0, 0) to (1, difference between the arms), m different forecasts.

    Source: Radcliffe (2007), Direct Marketing Analytics Journal: incremental response by the share contacted.
    """
    order = np.argsort(-forecast, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(forecast[order])), len(order) - 1)
    share = np.concatenate([[0.0], (ends + 1) / len(order)])
    return share, np.concatenate([[0.0], np.cumsum(effect[order])[ends] / len(order)])


def qini(forecast: FloatArray, effect: FloatArray) -> float:
    """Area between the Qini curve and its chord, which is contacting at random: responses gained per customer.

    0: as good as at random, and exactly so where all forecasts are equal; below: worse.
    """
    share, gained = qini_curve(forecast, effect)
    return float(np.trapezoid(gained - share * gained[-1], share))


def rank_correlation(forecast: FloatArray, outcome: FloatArray) -> float:
    """Spearman's rho; NaN where either is constant."""
    is_constant = np.ptp(forecast) == 0 or np.ptp(outcome) == 0
    return float("nan") if is_constant else float(spearmanr(forecast, outcome).statistic)


def bias_of_total(forecast: FloatArray, outcome: FloatArray) -> float:
    """(total of the forecasts − total of the outcomes) over the latter."""
    total = float(outcome.sum())
    return (float(forecast.sum()) - total) / total if total else float("nan")


def expected_calibration_error(
    propensity: FloatArray, responded: FloatArray, *, bins: int = 10, place: IntArray | None = None
) -> float:
    """Mean distance between predicted propensity and observed response rate over bins of equal size.

    The optimizer multiplies propensities by money, so this error is an error in money: ranking metrics do not see it.

    Args:
        place: (n,) the order of the propensities in whole numbers, where it is there already: they sort faster.

    Source: Naeini, Cooper, Hauskrecht (2015), AAAI; equal-mass bins: Nixon et al. (2019), CVPR workshops.
    """
    order_by = propensity if place is None else place
    parts = [part for part in np.array_split(np.argsort(order_by, kind="stable"), bins) if len(part)]
    errors = [len(part) * abs(propensity[part].mean() - responded[part].mean()) for part in parts]
    return float(sum(errors) / len(propensity))


def deciles(forecasts: Forecasts) -> tuple[Decile, ...]:
    """Mean forecast and mean outcome by tenths, the highest forecasts first."""
    order = np.argsort(-forecasts.forecast, kind="stable")
    parts = [part for part in np.array_split(order, 10) if len(part)]
    return tuple(
        Decile(position, len(part), float(forecasts.forecast[part].mean()), float(forecasts.outcome[part].mean()))
        for position, part in enumerate(parts, start=1)
    )


def forecasts(booster: lightgbm.Booster, contract: Contract, rows: Examples) -> Forecasts:
    """The calibrated forecasts of the rows, and the naive ones."""
    return beside_naive(calibrated(np.asarray(booster.predict(rows.values)), contract.calibration), contract, rows)


def beside_naive(forecast: FloatArray, contract: Contract, rows: Examples) -> Forecasts:
    """Forecasts of the rows, however they were made, and the naive ones; one is the rate per category in training."""
    if rows.category is None:
        return Forecasts(forecast, rows.target, rows.naive, rows.customer)
    rate = np.asarray(contract.category_rates)[rows.category]
    category = np.asarray(contract.categories, dtype=object)[rows.category]
    return Forecasts(forecast, rows.outcome, {**rows.naive, CATEGORY_RATE: rate}, rows.customer, category)
