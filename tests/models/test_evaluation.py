"""Metrics with answers in the head, and scikit-learn's beside."""

import numpy as np
import pytest
from sklearn import metrics

from models.evaluation import (
    Forecasts,
    auc,
    bias_of_total,
    deciles,
    expected_calibration_error,
    log_loss,
    qini,
    qini_curve,
    rank_correlation,
    skill,
)


@pytest.fixture
def drawn():
    random = np.random.default_rng(5)
    forecast = random.integers(1, 100, 400) / 100  # with ties
    return forecast, (random.random(400) < forecast).astype(float)


def test_auc_and_log_loss_are_those_of_scikit_learn(drawn):
    forecast, outcome = drawn
    assert auc(forecast, outcome) == pytest.approx(metrics.roc_auc_score(outcome, forecast), abs=1e-12)
    assert log_loss(forecast, outcome) == pytest.approx(metrics.log_loss(outcome, forecast), abs=1e-12)


def test_auc_counts_pairs_in_the_right_order_and_ties_half():
    #  yes: 0.9, 0.5   no: 0.5, 0.1   -> of 4 pairs 3 are right and 1 is tied
    assert auc(np.array([0.9, 0.5, 0.5, 0.1]), np.array([1.0, 1, 0, 0])) == 3.5 / 4


def test_nothing_to_rank_is_not_a_number():
    same = np.ones(3)
    assert np.isnan(auc(np.array([0.1, 0.2, 0.3]), same))
    assert np.isnan(rank_correlation(np.array([0.1, 0.2, 0.3]), same))
    assert np.isnan(bias_of_total(same, np.zeros(3)))


def test_rank_correlation_sees_order_only():
    assert rank_correlation(np.array([1.0, 2, 3]), np.array([10.0, 200, 3000])) == pytest.approx(1)
    assert rank_correlation(np.array([1.0, 2, 3]), np.array([3.0, 2, 1])) == pytest.approx(-1)


def test_the_bias_of_a_total_is_a_share_of_what_happened():
    assert bias_of_total(np.array([60.0, 50]), np.array([100.0, 0])) == pytest.approx(0.1)


def test_calibration_error_is_the_mean_distance_over_bins():
    propensity = np.array([0.2, 0.2, 0.8, 0.8])
    assert expected_calibration_error(propensity, np.array([0.0, 0, 1, 1]), bins=2) == pytest.approx(0.2)
    assert expected_calibration_error(np.array([0.5, 0.5]), np.array([0.0, 1]), bins=1) == 0


def test_skill_is_the_share_of_the_log_loss_of_the_response_rate_that_is_saved(drawn):
    forecast, outcome = drawn
    rate = np.full(400, outcome.mean())
    assert skill(rate, outcome) == 0
    assert skill(forecast, outcome) == pytest.approx(1 - log_loss(forecast, outcome) / log_loss(rate, outcome))
    assert np.isnan(skill(np.array([0.5, 0.6]), np.ones(2)))


#  Four customers. Contacting won the first (+2: seen in treatment, half are), and put the last off (-2).
EFFECT = np.array([2.0, 0, 0, -2])


def test_the_qini_curve_adds_up_what_is_gained_from_the_highest_forecast_down():
    share, gained = qini_curve(np.array([0.4, 0.3, 0.2, 0.1]), EFFECT)
    assert share.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert gained.tolist() == [0, 0.5, 0.5, 0.5, 0]


def test_qini_is_the_area_above_contacting_at_random():
    assert qini(np.array([0.4, 0.3, 0.2, 0.1]), EFFECT) == pytest.approx(0.375)  # a triangle, two squares, a triangle
    assert qini(np.array([0.1, 0.2, 0.3, 0.4]), EFFECT) == pytest.approx(-0.375)
    assert qini(np.full(4, 0.3), EFFECT) == 0


def test_customers_of_equal_forecasts_enter_together_whatever_their_order():
    share, gained = qini_curve(np.array([0.4, 0.2, 0.2, 0.2]), EFFECT)
    assert (share.tolist(), gained.tolist()) == ([0, 0.25, 1], [0, 0.5, 0])
    assert qini(np.array([0.4, 0.2, 0.2, 0.2]), EFFECT) == qini(np.array([0.4, 0.2, 0.2, 0.2]), EFFECT[[0, 3, 1, 2]])


def test_deciles_begin_with_the_highest_forecasts():
    forecast = np.arange(20) / 20
    outcome = (np.arange(20) >= 18).astype(float)
    first, *_, last = deciles(Forecasts(forecast, outcome, {}, np.arange(20)))
    assert (first.decile, first.rows, first.outcome, first.forecast) == (1, 2, 1.0, pytest.approx(0.925))
    assert (last.decile, last.outcome) == (10, 0.0)
