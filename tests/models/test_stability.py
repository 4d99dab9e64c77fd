"""How far scores have moved, against the sum written out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.stability import population_stability_index as psi

TEN = np.arange(10) / 10


def test_the_same_scores_have_not_moved():
    assert psi(TEN, TEN) == 0
    assert psi(np.repeat(TEN, 7), TEN) == pytest.approx(0)


def test_a_doubled_tenth_counts_its_share_times_the_log_of_the_ratio():
    now = np.array([0.0, 0.0, *TEN[2:]])  # two in the first tenth, none in the second
    wanted = (0.2 - 0.1) * math.log(2) + (1e-4 - 0.1) * math.log(1e-4 / 0.1)
    assert psi(TEN, now) == pytest.approx(wanted)


def test_another_population_is_far_away():
    assert psi(TEN, TEN + 1) > 0.25


def test_scores_that_are_all_equal_stay_in_one_bin():
    assert psi(np.ones(5), np.ones(9)) == 0


def test_without_rows_there_is_no_index():
    assert math.isnan(psi(TEN, np.array([])))
    assert math.isnan(psi(np.array([]), TEN))


@given(st.lists(st.floats(0, 1), min_size=1), st.lists(st.floats(0, 1), min_size=1))
def test_it_is_never_negative_and_never_infinite(before, now):
    assert 0 <= psi(np.array(before), np.array(now)) < 30
