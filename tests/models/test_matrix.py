"""Rows of the feature table -> the numbers a model sees."""

import numpy as np
import pyarrow as pa
import pytest

from conf.models import Label, Population
from models.contract import FeatureColumn
from models.matrix import matrix

LABEL = Label(kind="buys_category", window_days=30, not_bought_days=90)
FEATURES = [
    FeatureColumn(name="spend_30d", type="number"),
    FeatureColumn(name="region", type="text", values=("north", "south")),
    FeatureColumn(name="category_spend_90d", type="number", is_per_category=True, if_none=0),
]
CATEGORIES = ("bread", "wine")
STRUCT = pa.struct(
    [
        ("category", pa.string()),
        ("category_days_since_last_purchase", pa.float64()),
        ("category_spend_90d", pa.float64()),
    ]
)


@pytest.fixture
def batch():
    """ann bought bread last week and fish; bob bought wine long ago; cy bought nothing ever."""
    packed = [[("bread", 7.0, 4.0), ("fish", 3.0, 9.0)], [("wine", 200.0, 0.0)], None]
    return pa.RecordBatch.from_arrays(
        [
            pa.array([5.0, 0.0, None]),
            pa.array(["south", "west", None]),
            pa.array([3.0, 200.0, None]),
            pa.array(packed, pa.list_(STRUCT)),
        ],
        ["spend_30d", "region", "days_since_last_purchase", "categories"],
    )


def test_numbers_stay_texts_become_their_position_and_the_unknown_is_missing(batch):
    result = matrix(batch, FEATURES[:2], (), LABEL, Population())
    np.testing.assert_array_equal(result.values, [[5, 1], [0, np.nan], [np.nan, np.nan]])
    assert result.customer.tolist() == [0, 1, 2]
    assert result.category is None


def test_customers_outside_the_population_have_no_row(batch):
    result = matrix(batch, FEATURES[:2], (), LABEL, Population(purchased_within_days=30))
    assert result.customer.tolist() == [0]


def test_a_category_bought_of_late_is_not_scored_and_one_never_bought_takes_the_default(batch):
    result = matrix(batch, FEATURES, CATEGORIES, LABEL, Population())
    pairs = [(row, CATEGORIES[code]) for row, code in zip(result.customer, result.category, strict=True)]
    assert pairs == [(0, "wine"), (1, "bread"), (1, "wine"), (2, "bread"), (2, "wine")]
    assert result.values[:, 2].tolist() == [0, 0, 0, 0, 0]  # what ann spent on bread belongs to no scored row
    assert result.values[:, 3].tolist() == [1, 0, 1, 0, 1]  # the category itself comes last


def test_a_slice_of_a_batch_gives_the_rows_of_the_slice(batch):
    whole = matrix(batch, FEATURES, CATEGORIES, LABEL, Population())
    part = matrix(batch.slice(1, 2), FEATURES, CATEGORIES, LABEL, Population())
    assert part.customer.tolist() == [0, 0, 1, 1]
    np.testing.assert_array_equal(part.values, whole.values[1:])


def test_what_was_spent_in_a_scored_category_reaches_its_row(batch):
    long_ago = Label(kind="buys_category", window_days=30, not_bought_days=1)
    result = matrix(batch, FEATURES, CATEGORIES, long_ago, Population())
    assert result.values[:, 2].tolist() == [4, 0, 0, 0, 0, 0]
