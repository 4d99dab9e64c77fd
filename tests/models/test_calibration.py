"""Scores that come true, and totals that add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calibration import Isotonic, Line, Platt, Scale, calibrated, fit_line, fit_probability, fit_total


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


def test_a_line_takes_back_the_spread_that_is_not_found_again_and_meets_the_mean():
    #  the scores say 0.3 between the halves, the outcomes 0.15
    fitted = fit_line(np.array([0.0, 0, 0.3, 0.3]), np.array([0.1, 0.1, 0.25, 0.25]))
    assert fitted.slope == pytest.approx(0.5)
    assert calibrated(np.array([0.0, 0.3]), fitted) == pytest.approx([0.1, 0.25])


@pytest.mark.parametrize(("outcome", "slope"), [([0.3, 0.0], 0), ([-1.0, 1.0], 1)])
def test_a_line_never_reverses_the_order_nor_widens_the_spread(outcome, slope):
    fitted = fit_line(np.array([0.0, 0.3]), np.array(outcome))
    assert fitted.slope == slope
    assert calibrated(np.array([0.0, 0.3]), fitted).mean() == pytest.approx(np.mean(outcome))


def test_scores_that_are_all_the_same_become_the_mean():
    assert fit_line(np.array([0.2, 0.2]), np.array([0.0, 0.1])) == Line(slope=0.0, intercept=0.05)


def test_a_difference_of_probabilities_stays_one():
    assert calibrated(np.array([-9.0, 9.0]), Line(slope=1.0, intercept=0.0)).tolist() == [-1, 1]
