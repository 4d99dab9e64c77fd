"""Raw scores -> scores that mean money: probabilities that come true, totals that add up."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from conf.strict import Strict

FloatArray = NDArray[np.float64]

SMALLEST_MONEY = 1e-6
"""One millionth of the currency: what lies below is rounding, and no total to scale to."""
MIN_ROWS_ISOTONIC = 1000
"""Below it isotonic regression follows the noise: Niculescu-Mizil and Caruana (2005), ICML, figure 7."""


class Isotonic(Strict):
    """Straight lines between knots; flat beyond the first and the last."""

    kind: Literal["isotonic"] = "isotonic"
    raw: tuple[float, ...]
    calibrated: tuple[float, ...]


class Platt(Strict):
    """1 / (1 + exp(-(slope * log(p / (1 - p)) + intercept)))."""

    kind: Literal["platt"] = "platt"
    slope: float
    intercept: float


class Scale(Strict):
    """One factor, so that the total of the forecasts is the total of the outcomes."""

    kind: Literal["scale"] = "scale"
    factor: float


class Line(Strict):
    """slope * raw + intercept, within -1 and 1: a difference of two probabilities."""

    kind: Literal["line"] = "line"
    slope: float
    intercept: float


Calibration = Annotated[Isotonic | Platt | Scale | Line, Field(discriminator="kind")]


def calibrated(raw: FloatArray, calibration: Isotonic | Platt | Scale | Line) -> FloatArray:
    """The scores that the raw ones stand for, element by element."""
    if isinstance(calibration, Isotonic):
        return np.interp(raw, calibration.raw, calibration.calibrated)
    if isinstance(calibration, Platt):
        return 1 / (1 + np.exp(-(calibration.slope * _logit(raw) + calibration.intercept)))
    if isinstance(calibration, Line):
        return np.clip(calibration.slope * raw + calibration.intercept, -1.0, 1.0)
    return raw * calibration.factor


def fit_probability(raw: FloatArray, outcome: FloatArray) -> Isotonic | Platt:
    """Isotonic regression where there are rows enough for it, else Platt's two numbers.

    Args:
        raw: (n,) probabilities as the estimator gives them.
        outcome: (n,) 0 or 1.
    """
    rarer = min(outcome.sum(), len(outcome) - outcome.sum())
    return _isotonic(raw, outcome) if rarer >= MIN_ROWS_ISOTONIC else _platt(raw, outcome)


def fit_total(raw: FloatArray, outcome: FloatArray) -> Scale:
    """The factor that makes both totals equal; 1 where one of them is less than the smallest money."""
    total, wanted = float(raw.sum()), float(outcome.sum())
    return Scale(factor=wanted / total if min(total, wanted) >= SMALLEST_MONEY else 1.0)


def fit_line(raw: FloatArray, outcome: FloatArray) -> Line:
    """The best linear forecast: its mean is that of the outcomes, its spread what the raw scores turn out to explain.

    The slope stays within 0 and 1: differences that are not found again at this cut-off are taken back, down to one
    forecast for everybody; never is the order reversed, nor a difference made larger than it was learnt.

    Args:
        raw: (n,) differences as the estimator gives them.
        outcome: (n,) responses weighted by arm, see `Examples.target`: their mean is the difference between the arms.

    Source: the best linear predictor of an effect: Chernozhukov, Demirer, Duflo, Fernández-Val (2018), NBER 24678.
    """
    spread = float(np.var(raw))
    slope = float(np.mean((raw - raw.mean()) * outcome)) / spread if spread > 0 else 0.0
    slope = min(max(slope, 0.0), 1.0)
    return Line(slope=slope, intercept=float(outcome.mean() - slope * raw.mean()))


def _isotonic(raw: FloatArray, outcome: FloatArray) -> Isotonic:
    """Isotonic regression with a knot in the middle of each of its steps, so that equal scores stay rare.

    Source: centred isotonic regression, Oron, Flournoy (2017), Statistics in Biopharmaceutical Research 9.
    """
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415  scoring needs no fit, and this takes a second

    steps = IsotonicRegression(y_min=0, y_max=1).fit_transform(raw, outcome)
    heights, step = np.unique(steps, return_inverse=True)
    middles = np.bincount(step, raw) / np.bincount(step)
    return Isotonic(raw=tuple(middles.tolist()), calibrated=tuple(heights.tolist()))


def _platt(raw: FloatArray, outcome: FloatArray) -> Platt:
    logit = _logit(raw)
    # Platt's targets keep the slope finite when the two classes are perfectly apart.
    yes, no = outcome.sum(), len(outcome) - outcome.sum()
    target = np.where(outcome == 1, (yes + 1) / (yes + 2), 1 / (no + 2))

    def loss(parameters: FloatArray) -> float:
        margin = parameters[0] * logit + parameters[1]
        return float(np.mean(np.logaddexp(0, margin) - target * margin))

    from scipy.optimize import minimize  # noqa: PLC0415

    slope, intercept = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return Platt(slope=float(max(slope, 0.0)), intercept=float(intercept))


def _logit(raw: FloatArray) -> FloatArray:
    inside = np.clip(raw, 1e-9, 1 - 1e-9)
    return np.log(inside / (1 - inside))
