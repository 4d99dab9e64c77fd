"""What a contact changes: an X-learner on LightGBM, distilled to one Booster.

Two Boosters forecast the response, one in each arm. What a customer would have done in the other arm is put in by
that arm's Booster, and a third learns the difference. Rows are weighted as if the two arms' learners of the difference
were averaged, the control arm's with the share of treatment: of unequal arms the larger one's Booster is trusted.

Source: Künzel, Sekhon, Bickel, Yu (2019), PNAS 116 (10).
"""

import lightgbm
import numpy as np

from models.calibration import fit_line
from models.estimators.boosting import boosted
from models.estimators.declaration import Estimator, Fitted, Settings
from models.estimators.training_data import Split, TrainingData


def _fit(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    treated, control = (_response(data, arm, settings, seed) for arm in (1, 0))
    changes = data.each(lambda split: with_imputed_effects(split, treated, control))
    parameters = {"objective": "regression", "learning_rate": 0.03, "min_data_in_leaf": 60}
    effect = boosted(changes, parameters, settings, seed)
    facts = {"trees_of_treatment": treated.num_trees(), "trees_of_control": control.num_trees()}
    return Fitted(effect.model_to_string(), facts, {"response_model": treated.model_to_string()})


def _response(data: TrainingData, arm: int, settings: Settings, seed: int) -> lightgbm.Booster:
    return boosted(data.each(lambda split: split.in_arm(arm)), {"objective": "binary"}, settings, seed)


def with_imputed_effects(split: Split, treated: lightgbm.Booster, control: lightgbm.Booster) -> Split:
    """The rows with what the contact changed: the outcome seen beside the forecast of the other arm."""
    is_treated = split.arm == 1
    share = np.clip(np.mean(is_treated), 0.01, 0.99)
    if_treated, if_control = (np.asarray(learner.predict(split.values)) for learner in (treated, control))
    effect = np.where(is_treated, split.outcome - if_control, if_treated - split.outcome)
    return split.about(effect, np.where(is_treated, (1 - share) / share, share / (1 - share)))


ESTIMATOR = Estimator("uplift", _fit, fit_line, is_uplift=True)
