"""A gate says what it held against what."""

import pytest

from conf.models import Gate
from models.errors import CannotTrain
from models.figures import Figure
from models.gates import verdicts

MEASURED = [
    Figure("auc", 0.86, 0.84, 0.88, {"fewest_baskets_90d": 0.84, "days_since_last_purchase": 0.81}),
    Figure("expected_calibration_error", 0.03, 0.02, 0.04),
    Figure("bias_of_total", float("nan"), 0, 0),
]


def one(metric, **gate):
    return verdicts("attrition", {metric: Gate(**gate)}, MEASURED)[0]


def test_a_floor_a_ceiling_and_the_best_naive_figure_must_all_hold():
    passed = one("auc", min=0.8, better_than_baseline=True)
    assert passed.has_passed
    assert passed.reason == "0.8600, wanted at least 0.8 and above 0.8400 (fewest_baskets_90d)"
    assert not one("auc", min=0.87, better_than_baseline=True).has_passed
    assert not one("expected_calibration_error", max=0.02).has_passed


def test_a_metric_that_could_not_be_measured_fails():
    assert not one("bias_of_total", min=-1, max=1).has_passed


def test_a_misspelt_metric_is_named_with_the_nearest():
    with pytest.raises(CannotTrain, match="no metric 'auk'; did you mean 'auc'"):
        one("auk", min=0.5)


def test_a_metric_without_a_naive_figure_cannot_be_better_than_it():
    with pytest.raises(CannotTrain, match="expected_calibration_error has no naive figure"):
        one("expected_calibration_error", better_than_baseline=True)
