"""Each value falls into one bin, the same one in training and at night."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models.histogram import number_counts, of_numbers, of_texts, text_codes, text_counts

NUMBERS = arrays.arrays(np.float64, st.integers(0, 60), elements=st.sampled_from([-2.5, 0.0, 1.0, 1.5, 7.0, np.nan]))


def test_numbers_fall_below_their_edge_or_on_it_and_the_missing_come_last():
    values = np.array([-1.0, 0.0, 0.5, 1.0, 1.1, np.nan])
    assert number_counts(values, [0.0, 1.0]).tolist() == [2, 2, 1, 1]
    assert number_counts(values, []).tolist() == [5, 1]
    assert number_counts(values[:0], [0.0]).tolist() == [0, 0, 0]


@given(values=NUMBERS, edges=st.lists(st.sampled_from([-2.5, 0.0, 1.2, 7.0]), unique=True).map(sorted))
def test_counting_is_a_search_for_the_bin_of_each_value(values, edges):
    expected = values[~np.isnan(values)]
    searched = np.bincount(np.searchsorted(edges, expected, side="left"), minlength=len(edges) + 1)
    assert number_counts(values, edges).tolist() == [*searched, np.isnan(values).sum()]


def test_edges_are_tenths_of_what_is_known_and_ties_share_one():
    assert of_numbers("days", np.arange(1.0, 101.0)).counts == (10,) * 10 + (0,)
    mostly_none = of_numbers("visits", np.array([0.0] * 95 + [3.0] * 5))
    assert (mostly_none.edges, mostly_none.counts) == ((0.0,), (95, 5, 0))
    never = of_numbers("gap", np.full(4, np.nan))
    assert (never.edges, never.counts) == ((), (0, 4))


def test_missing_and_never_seen_texts_have_bins_of_their_own():
    column = pa.array(["north", None, "south", "moon", "north"])
    codes = text_codes(column, ["north", "south"])
    assert codes.tolist() == [0, 2, 1, 3, 0]
    assert text_counts(codes, 2).tolist() == [2, 1, 1, 1]
    assert of_texts("region", codes, ["north", "south"]).counts == (2, 1, 1, 1)
    assert text_codes(column, []).tolist() == [1, 0, 1, 1, 1]
