"""Expected money in two parts: P(any) times the amount if any, one Booster holding both.

Both parts have an exponential link, so their product is one sum of trees: P(any) by Poisson regression of 0 and 1,
whose means are those of the log-binomial model, the amount by gamma regression on those who spent.

Source: Zou (2004), American Journal of Epidemiology 159, for Poisson regression of a binary outcome; Duan et al.
(1983), Journal of Business & Economic Statistics 1, for two-part models of money with many zeros.
"""

import numpy as np

from models.calibration import fit_total
from models.estimators.boosting import boosted, sum_of
from models.estimators.declaration import Estimator, Fitted, Settings
from models.estimators.training_data import Split, TrainingData


def fit(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    """As Estimator.fit."""
    is_any = boosted(data.each(_is_any), {"objective": "poisson"}, settings, seed)
    amount = boosted(data.each(_if_any), {"objective": "gamma", "num_leaves": 15}, settings, seed)
    facts = {"trees_of_any": is_any.num_trees(), "trees_of_amount": amount.num_trees()}
    return Fitted(sum_of(amount, is_any).model_to_string(), facts)


def _is_any(split: Split) -> Split:
    return split.about((split.outcome > 0).astype(np.float64))


def _if_any(split: Split) -> Split:
    return split.where(split.outcome > 0)


ESTIMATOR = Estimator("two_part", fit, fit_total, is_money=True)
