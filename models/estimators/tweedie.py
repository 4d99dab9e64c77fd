"""Expected money: LightGBM on the Tweedie deviance, whose distribution has a mass at zero."""

import numpy as np

from models.calibration import fit_total
from models.estimators.boosting import boosted
from models.estimators.declaration import Estimator, Fitted, Settings
from models.estimators.training_data import Split, TrainingData

POWER = 1.3
"""Of the mean, to which the variance is proportional; 1 is Poisson, 2 is gamma, between them zero has a mass."""


def fit(data: TrainingData, settings: Settings, seed: int, *, power: float = POWER) -> Fitted:
    """As Estimator.fit, with a variance power."""
    parameters = {"objective": "tweedie", "tweedie_variance_power": power, "num_leaves": 15}
    return Fitted(boosted(data.each(bought), parameters, settings, seed).model_to_string())


def bought(split: Split) -> Split:
    """More returned than bought is below zero, where no family has a mass; the calibrated total makes up for it."""
    return split.about(np.maximum(split.outcome, 0.0))


ESTIMATOR = Estimator("tweedie", fit, fit_total, is_money=True)
