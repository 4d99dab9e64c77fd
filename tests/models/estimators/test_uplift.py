"""Who is won by a contact: found where it is so, and not found where nobody is."""

from dataclasses import replace

import lightgbm
import numpy as np
import pytest

from models.calibration import calibrated
from models.errors import CannotTrain
from models.estimators.declaration import all_estimators
from models.estimators.training_data import Split, TrainingData
from models.estimators.uplift import with_imputed_effects
from models.evaluation import qini
from models.examples import Examples

UPLIFT = all_estimators()["uplift"]


def drawn(n, seed, *, effect=0.3, share=0.5):
    """Three in ten buy in any case, six in ten of them; of the others one in ten, and a contact wins some of 40 in 100.

    Returns:
        The rows, and (n,) what a contact truly changes.
    """
    random = np.random.default_rng(seed)
    values = random.random((n, 3))
    is_sure = values[:, 1] > 0.7
    change = effect * ((values[:, 0] > 0.6) & ~is_sure)
    arm = (random.random(n) < share).astype(float)
    bought = random.random(n) < np.where(is_sure, 0.6, 0.1) + change * arm
    return Split(values, bought.astype(float), arm), change


def target(rows):
    return Examples(rows.values, rows.outcome, np.arange(len(rows.outcome)), None, {}, rows.arm).target


def learnt(swapped=False, **facts):
    """Test rows, their true change, forecasts for them and the response model's, learnt from other rows."""
    (training, _), (validation, _), (test, change) = (drawn(n, n, **facts) for n in (6000, 3000, 20000))
    if swapped:
        training, validation = (replace(split, arm=1 - split.arm) for split in (training, validation))
    fitted = UPLIFT.fit(TrainingData(training, validation, ["won", "sure", "noise"], []), {}, 5)
    booster, response = (lightgbm.Booster(model_str=item) for item in (fitted.text, fitted.rivals["response_model"]))
    line = UPLIFT.calibrate(booster.predict(validation.values), target(validation))
    return test, change, calibrated(booster.predict(test.values), line), response.predict(test.values)


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_who_can_be_won_is_contacted_first_which_the_likeliest_responders_are_not(share):
    test, change, result, response = learnt(share=share)
    best = qini(change, target(test))
    assert qini(result, target(test)) > 0.8 * best > 0.02
    assert qini(result, target(test)) > 2.5 * qini(response, target(test))
    assert result[change > 0].mean() > result[change == 0].mean() + 0.15


def test_the_mean_forecast_is_the_difference_that_was_observed():
    _, change, result, _ = learnt()
    assert result.mean() == pytest.approx(change.mean(), abs=0.04)


def test_where_a_contact_changes_nothing_next_to_nothing_is_found():
    test, _, result, _ = learnt(effect=0.0)
    assert abs(qini(result, target(test))) < 0.008
    assert result.std() < 0.04


def test_swapped_arms_are_seen_by_a_negative_qini():
    test, _, result, _ = learnt(swapped=True)
    assert qini(result, target(test)) < -0.02


class Says:
    """A Booster that gives everybody the same chance."""

    def __init__(self, chance):
        self.chance = chance

    def predict(self, values):
        return np.full(len(values), self.chance)


def test_what_a_customer_would_have_done_in_the_other_arm_is_put_in():
    rows = Split(np.zeros((4, 1)), np.array([1.0, 0, 1, 0]), np.array([1.0, 1, 1, 0]))
    result = with_imputed_effects(rows, Says(0.5), Says(0.25))
    assert result.outcome.tolist() == [0.75, -0.25, 0.75, 0.5]  # treated: seen - 1/4; control: 1/2 - seen
    assert result.weight.tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 3])  # three are treated, one is not


def test_a_label_without_arms_cannot_be_learnt():
    alone = Split(np.zeros((2, 1)), np.array([0.0, 1]))
    with pytest.raises(CannotTrain, match="needs a label with a treatment and a control arm"):
        UPLIFT.fit(TrainingData(alone, alone, ["x"], []), {}, 5)
