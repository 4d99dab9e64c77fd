"""P(yes): LightGBM on the log loss."""

from models.calibration import fit_probability
from models.estimators.declaration import Estimator, Lesson, Settings, booster_text

_PARAMETERS = {
    "objective": "binary",
    "num_trees": 150,
    "learning_rate": 0.03,
    "num_leaves": 7,
    "min_data_in_leaf": 40,
    "lambda_l2": 5.0,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
}


def _fit(lesson: Lesson, settings: Settings, seed: int) -> str:
    return booster_text(lesson, _PARAMETERS, settings, seed)


ESTIMATOR = Estimator("classifier", _fit, fit_probability, is_money=False)
