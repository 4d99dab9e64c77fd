"""What forecasts are held against, where nobody is seen in both arms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.examples import Examples


def rows(outcome, arm):
    numbers = np.asarray(outcome, float)
    return Examples(np.zeros((len(numbers), 1)), numbers, np.arange(len(numbers)), None, {}, arm)


def test_without_arms_it_is_the_outcome():
    assert rows([0, 1], None).target.tolist() == [0, 1]


def test_a_response_counts_for_treatment_and_against_control_by_the_chance_of_its_arm():
    #  half of the treated respond, none of the control: 0.25 of all; each arm had a chance of one half
    result = rows([1, 0, 0, 0], np.array([1.0, 1, 0, 0])).target
    assert result.tolist() == [1.5, -0.5, 0.5, 0.5]
    assert result.mean() == 0.5


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=8))
def test_its_mean_is_the_difference_between_the_arms(pairs):
    outcome, arm = np.array(pairs, float).T
    if 0 < arm.mean() < 1:
        difference = outcome[arm == 1].mean() - outcome[arm == 0].mean()
        assert rows(outcome, arm).target.mean() == pytest.approx(difference)
