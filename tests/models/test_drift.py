"""The index by hand, and what chance makes of few rows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.drift import chance, drifts, psi, psi_of_scores
from models.histogram import Histogram, number_counts, of_numbers


def histogram(column, *counts, edges=(1.0,)):
    return Histogram(column=column, edges=edges, counts=counts)


def test_the_index_is_the_sum_over_bins_found_by_hand():
    # shares with half a row more in each bin: 0.75, 0.25 before and 0.25, 0.75 now
    assert psi([1, 0], [0, 1]) == pytest.approx(2 * 0.5 * math.log(3))
    assert psi([5, 7, 0], [5, 7, 0]) == 0
    assert psi([50, 50], [500, 500]) == pytest.approx(0)


def test_a_bin_that_empties_is_large_and_finite():
    assert 1 < psi([500, 500], [0, 1000]) < 5


def test_what_was_drawn_alike_stays_below_chance_and_what_was_not_does_not():
    draw = np.random.default_rng(4)
    before = draw.multinomial(800, [0.1] * 10)
    nights = [draw.multinomial(300, [0.1] * 10) for _ in range(400)]
    assert np.mean([psi(before, night) > chance(before, night) for night in nights]) <= 0.01
    moved = draw.multinomial(300, [0.19] + [0.09] * 9)
    assert psi(before, moved) > chance(before, moved)


def test_chance_is_larger_where_rows_are_fewer_and_counts_only_bins_in_use():
    assert chance([50, 50], [50, 50]) == pytest.approx(10.83 * 2 / 100, rel=1e-3)  # chi-square of 1 degree at 0.999
    assert chance([50, 50], [5, 5]) > chance([50, 50], [50, 50])
    assert chance([50, 50, 0, 0], [50, 50, 0, 0]) == chance([50, 50], [50, 50])


def test_columns_are_compared_in_the_same_bins_only_and_the_last_is_the_score():
    before = [histogram("age", 5, 5, 0), histogram("days", 5, 5, 0, edges=(2.0,)), histogram("attrition", 9, 1, 0)]
    now = [histogram("age", 5, 5, 0), histogram("days", 5, 5, 0), histogram("attrition", 1, 9, 0)]
    result = drifts("leavers", "training", before, now)
    assert [(item.column, item.is_score, item.rows) for item in result] == [("age", False, 10), ("attrition", True, 10)]
    assert result[0].psi == 0 < result[1].psi
    assert drifts("leavers", "training", before, [histogram("age", 0, 0, 0)]) == []


def test_a_night_like_training_has_hardly_an_index():
    draw = np.random.default_rng(5)
    trained = of_numbers("spend", draw.gamma(2, 10, 5000))
    counts = number_counts(draw.gamma(2, 10, 3000), trained.edges).tolist()
    assert psi(trained.counts, counts) < 0.02


def test_scores_of_other_heights_have_moved_and_those_repeated_have_not():
    tenths = np.repeat(np.arange(10) / 10, 50)
    assert psi_of_scores(tenths, np.tile(tenths, 3)) == pytest.approx(0, abs=1e-3)
    assert psi_of_scores(tenths, tenths + 1) > 0.25
    assert psi_of_scores(np.ones(500), np.ones(900)) == pytest.approx(0, abs=1e-2)
    assert np.isnan(psi_of_scores(tenths, np.array([])))
    assert np.isnan(psi_of_scores(np.array([]), tenths))


@given(st.lists(st.floats(0, 1), min_size=1), st.lists(st.floats(0, 1), min_size=1))
def test_the_index_of_scores_is_never_negative_and_never_infinite(before, now):
    assert 0 <= psi_of_scores(np.array(before), np.array(now)) < 30
