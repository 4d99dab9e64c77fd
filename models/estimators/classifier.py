"""P(yes): LightGBM on the log loss."""

from models.calibration import fit_probability
from models.estimators.boosting import boosted
from models.estimators.declaration import Estimator, Fitted, Settings
from models.estimators.lesson import Lesson


def _fit(lesson: Lesson, settings: Settings, seed: int) -> Fitted:
    return Fitted(boosted(lesson, {"objective": "binary"}, settings, seed).model_to_string())


ESTIMATOR = Estimator("classifier", _fit, fit_probability)
