"""Expected money by the family that forecasts the validation cut-off best."""

from collections.abc import Callable, Mapping
from functools import partial

import lightgbm
import numpy as np

from models.calibration import FloatArray, calibrated, fit_total
from models.estimators import tweedie, two_part
from models.estimators.declaration import Estimator, Fitted, Settings
from models.estimators.training_data import Split, TrainingData

FAMILIES: Mapping[str, Callable[[TrainingData, Settings, int], Fitted]] = {
    "tweedie_1.2": partial(tweedie.fit, power=1.2),
    "tweedie_1.5": partial(tweedie.fit, power=1.5),
    "two_part": two_part.fit,
}
JUDGED_BY_POWER = 1.5


def _fit(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    tried = {name: fit(data, settings, seed) for name, fit in FAMILIES.items()}
    deviance = {name: _deviance_of(model, data.validation) for name, model in tried.items()}
    best = min(deviance, key=lambda name: deviance[name])
    facts: Mapping[str, str | float] = {f"deviance.{name}": value for name, value in deviance.items()}
    return Fitted(tried[best].text, {"family": best, **facts, **tried[best].facts})


def _deviance_of(fitted: Fitted, validation: Split) -> float:
    raw = np.asarray(lightgbm.Booster(model_str=fitted.text).predict(validation.values))
    outcome = tweedie.bought(validation).outcome
    return deviance(calibrated(raw, fit_total(raw, outcome)), outcome)


def deviance(forecast: FloatArray, outcome: FloatArray) -> float:
    """Mean Tweedie deviance at a power between those tried; least, on average, for the true means whatever the family.

    Source: Gneiting (2011), Journal of the American Statistical Association 106: scores consistent for the mean.
    """
    mean, power = np.maximum(forecast, 1e-9), JUDGED_BY_POWER
    constant = outcome ** (2 - power) / ((1 - power) * (2 - power))
    cross = outcome * mean ** (1 - power) / (1 - power) - mean ** (2 - power) / (2 - power)
    return float(2 * np.mean(constant - cross))


ESTIMATOR = Estimator("value", _fit, fit_total, is_money=True)
