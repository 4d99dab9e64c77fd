"""P(yes): LightGBM on the log loss."""

from models.calibration import fit_probability
from models.estimators.boosting import boosted
from models.estimators.declaration import Estimator, Fitted, Settings
from models.estimators.training_data import TrainingData


def _fit(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    return Fitted(boosted(data, {"objective": "binary"}, settings, seed).model_to_string())


ESTIMATOR = Estimator("classifier", _fit, fit_probability)
