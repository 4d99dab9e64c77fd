"""The feature table: nothing from the future, nothing from the order of rows, and what a deployment lacks."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from pyspark.sql import functions as F

from models.feature_table import available, feature_table
from tests.models.features.drawn_histories import some_histories
from tests.models.features.worked_rows import AS_OF, History, by_spark, in_spark

EARLIER = AS_OF - timedelta(days=45)


@pytest.fixture(scope="module")
def built(spark):
    return by_spark(in_spark(spark, some_histories()), AS_OF, EARLIER)


def test_a_row_dated_on_or_after_the_decision_date_changes_nothing(spark, built):
    histories = some_histories()
    expected = {
        name: History(*([row for row in rows if row.day < AS_OF] for rows in vars(value).values()))
        for name, value in histories.items()
    }
    assert sum(len(value.lines) for value in expected.values()) < sum(
        len(history.lines) for history in histories.values()
    )
    alone = by_spark(in_spark(spark, expected), AS_OF)
    assert alone == {key: row for key, row in built.items() if key[0] == AS_OF}


def test_the_order_of_rows_their_partitions_and_other_dates_change_nothing(spark, built):
    draw = random.Random(3)
    shuffled = {
        name: replace(value, **{part: draw.sample(rows, len(rows)) for part, rows in vars(value).items()})
        for name, value in reversed(some_histories().items())
    }
    again = by_spark(in_spark(spark, shuffled, partitions=5), EARLIER)
    assert again == {key: row for key, row in built.items() if key[0] == EARLIER}


def test_features_without_a_source_are_not_built(drawn):
    only_contacts = drawn(contacts="customer | offer | on\nann | wine | 2024-06-30")
    assert {item.history.name for item in available(only_contacts)} == {"contacts"}
    assert "categories" not in feature_table(only_contacts, [AS_OF]).columns


def test_one_product_without_categories_still_makes_features_of_the_customer(drawn):
    made = drawn("customer | on | amount\nann | 2024-06-30 | 2.5")
    row = feature_table(made, [AS_OF]).where(F.col("customer_id") == "ann").collect()[0]
    assert (row["spend_30d"], row["categories_30d"], row["categories"]) == (2.5, 0, None)


def test_an_attribute_that_is_called_like_a_feature_is_refused(drawn):
    made = drawn(customers=[("ann", 3.0)], attributes={"spend_30d": "number"})
    with pytest.raises(ValueError, match="the attribute 'spend_30d' has the name of a feature"):
        feature_table(made, [AS_OF])
