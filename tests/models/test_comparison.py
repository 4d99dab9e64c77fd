"""Two models on the same rows: which is better, by which measure, and by how much."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.comparison import COMPARABLE, compared, rows_in_common
from models.evaluation import Forecasts


def forecasts(forecast, outcome, customer=None, category=None):
    customers = np.arange(len(outcome)) if customer is None else np.array(customer)
    names = None if category is None else np.array(category, dtype=object)
    return Forecasts(np.array(forecast, float), np.array(outcome, float), {}, customers, names)


CHANCES = ("auc", "log_loss", "expected_calibration_error", "auc:wine")
OUTCOME = [0, 0, 1, 1]
SURE = forecasts([0.1, 0.2, 0.8, 0.9], OUTCOME)
UNSURE = forecasts([0.4, 0.6, 0.5, 0.6], OUTCOME)


def test_the_worse_model_is_worse_by_every_measure_and_the_better_one_by_none():
    worse, better = compared(UNSURE, SURE, CHANCES), compared(SURE, UNSURE, CHANCES)
    assert set(worse) == set(CHANCES) - {"auc:wine"}
    assert all(value.worse_by > 0 for value in worse.values())
    assert all(value.worse_by < 0 for value in better.values())
    assert (worse["auc"].own, worse["auc"].others) == (0.625, 1.0)


def test_a_total_is_the_better_the_nearer_it_is_whether_above_or_below():
    spent = [10.0, 20.0, 30.0, 40.0]
    below, above = forecasts([9, 18, 27, 36], spent), forecasts([12, 24, 36, 48], spent)
    result = compared(above, below, COMPARABLE)
    assert result["bias_of_total"].worse_by == pytest.approx(0.1)  # 0.2 too much beside 0.1 too little
    assert result["spearman"].worse_by == 0


def test_what_cannot_be_measured_is_worse_by_nan():
    nobody = forecasts([0.1, 0.2], [0, 0])
    assert np.isnan(compared(nobody, nobody, CHANCES)["auc"].worse_by)


def of_rows(rows):
    nothing = [0.0] * len(rows)
    return forecasts(nothing, nothing, [customer for customer, _ in rows], [category for _, category in rows])


ROWS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["bread", "wine", "tea"])), unique=True, max_size=12)


@given(ROWS, ROWS)
def test_rows_in_common_are_those_of_the_same_customer_and_category_side_by_side(first, second):
    places = rows_in_common(of_rows(first), of_rows(second))
    pairs = [[rows[place] for place in result] for rows, result in zip((first, second), places, strict=True)]
    assert pairs[0] == pairs[1]
    assert set(pairs[0]) == set(first) & set(second)
