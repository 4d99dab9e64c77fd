"""Declaring a feature: what a data scientist gets wrong is said at once."""

import pytest
from pyspark.sql import functions as F

from models.features.declaration import all_features, feature, fingerprint
from models.histories import PURCHASE_DAYS
from models.windowed import Rows


def test_two_features_of_one_name_are_refused():
    all_features()
    with pytest.raises(ValueError, match="two features are called 'spend_30d': in money"):

        @feature(PURCHASE_DAYS, unit="money", windows=(30,))
        def spend(days):
            """Again."""
            return F.sum(days.amount)


def test_a_column_that_the_history_lacks_is_named_with_those_it_has():
    with pytest.raises(AttributeError, match="purchase days has no column 'colour'; it has happened_on, baskets"):
        _ = Rows(PURCHASE_DAYS, 30).colour


def test_the_fingerprint_depends_on_which_features_are_used_and_not_on_their_order():
    assert fingerprint(["spend_30d", "baskets_30d"]) == fingerprint(["baskets_30d", "spend_30d"])
    assert fingerprint(["spend_30d"]) != fingerprint(["spend_90d"])
