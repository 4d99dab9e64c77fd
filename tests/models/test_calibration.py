"""Scores that come true, and totals that add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calibration import Isotonic, Platt, Scale, calibrated, fit_probability, fit_total


def overconfident(n, seed=0):
    """Scores twice as far from one half, in log-odds, as the truth."""
    random = np.random.default_rng(seed)
    log_odds = random.normal(0, 1, n)
    outcome = (random.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float)
    return 1 / (1 + np.exp(-2 * log_odds)), outcome


def test_few_rows_are_calibrated_by_two_numbers_and_many_by_knots():
    assert isinstance(fit_probability(*overconfident(500)), Platt)
    assert isinstance(fit_probability(*overconfident(5000)), Isotonic)


def test_overconfident_scores_are_drawn_half_way_back():
    fitted = fit_probability(*overconfident(1900))
    assert fitted.slope == pytest.approx(0.5, abs=0.1)
    assert fitted.intercept == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize("n", [500, 5000])
def test_calibrated_scores_come_true_on_average_and_keep_their_order(n):
    raw, outcome = overconfident(n)
    scores = calibrated(np.sort(raw), fit_probability(raw, outcome))
    assert scores.mean() == pytest.approx(outcome.mean(), abs=0.01)
    assert (np.diff(scores) >= 0).all()
    assert 0 <= scores.min() <= scores.max() <= 1


def test_scores_that_are_apart_altogether_stay_finite():
    fitted = fit_probability(np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.0, 0, 1, 1]))
    assert np.isfinite([fitted.slope, fitted.intercept]).all()


def test_between_knots_a_straight_line_and_beyond_them_flat():
    knots = Isotonic(raw=(0.2, 0.4), calibrated=(0.0, 1.0))
    assert calibrated(np.array([0.1, 0.3, 0.9]), knots).tolist() == pytest.approx([0, 0.5, 1])


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(-100, 1e6)), min_size=1, max_size=6))
def test_the_total_of_the_forecasts_is_the_total_of_the_outcomes(pairs):
    raw, outcome = np.array(pairs).T
    scaled = calibrated(raw, fit_total(raw, outcome))
    if min(raw.sum(), outcome.sum()) >= 1e-6:
        assert scaled.sum() == pytest.approx(outcome.sum(), rel=1e-9)


def test_a_total_that_cannot_be_scaled_stays_as_it_is():
    assert fit_total(np.array([0.0, 0.0]), np.array([1.0, 2.0])) == Scale(factor=1.0)
    assert fit_total(np.array([2e-311]), np.array([1.0])) == Scale(factor=1.0)  # the quotient would be infinite
