"""Declaring a feature: what a data scientist gets wrong is said at once."""

import pytest

from models.features.declaration import Feature, all_features, as_json, check_expression, feature, fingerprint
from models.features.expressions import Ratio, Share, count, days_since_last, distinct, highest, total
from models.histories import CATEGORY_LINES, CONTACTS, PURCHASE_DAYS
from models.windowed import Rows


def test_two_features_of_one_name_are_refused():
    all_features()
    with pytest.raises(ValueError, match="two features are called 'spend_30d': in purchases and tests"):
        feature("spend", PURCHASE_DAYS, total("amount"), "Again.", family="tests", unit="money", windows=(30,))


def refused(message, history, value, *, days=90, grain="customer"):
    with pytest.raises(ValueError, match=message):
        check_expression(Feature("new", "tests", history, value, "ratio", days, None, grain, ""))


@pytest.mark.parametrize(
    "value",
    [
        total("colour"),
        Ratio(count(), total("colour")),
        count(where={"colour": ["red"]}),
        days_since_last(where={"colour": ["red"]}),
    ],
)
def test_a_column_that_the_history_lacks_is_named_with_those_it_has(value):
    refused("new: purchase days has no column 'colour'; it has happened_on, baskets", PURCHASE_DAYS, value)


def test_a_label_is_told_the_same():
    with pytest.raises(AttributeError, match="purchase days has no column 'colour'; it has happened_on, baskets"):
        _ = Rows(PURCHASE_DAYS, 30).colour


def test_twice_all_history_is_nothing():
    refused("a multiple of the window needs a window", PURCHASE_DAYS, total("amount", windows=2), days=None)


@pytest.mark.parametrize(
    "value", [highest("amount"), days_since_last(), distinct("happened_on"), Ratio(total("amount"), count())]
)
def test_over_all_categories_only_what_adds_up_is_made(value):
    refused("of all categories together only sums, counts and distinct categories are made", CATEGORY_LINES, value)


def test_a_share_is_of_whole_numbers_and_of_a_category():
    refused("a share is a category's part", CONTACTS, Share(count()))
    refused("a share is a category's part", CATEGORY_LINES, Share(highest("amount")), grain="customer × category")


def test_a_declaration_is_plain_data():
    trend = next(all_feature for all_feature in all_features() if all_feature.name == "spend_trend_30d")
    assert trend.data() == {
        "name": "spend_trend_30d",
        "history": "purchase days",
        "grain": "customer",
        "window_days": 30,
        "value": {"ratio": [{"sum": "amount"}, {"sum": "amount", "windows": 2}]},
        "unit": "ratio",
        "if_none": None,
    }
    assert count(where={"channel": ("sms",)}).data() == {"count": None, "where": {"channel": ["sms"]}}
    assert as_json([]) == b"[]\n"


def test_the_fingerprint_depends_on_which_features_are_used_and_not_on_their_order():
    assert fingerprint(["spend_30d", "baskets_30d"]) == fingerprint(["baskets_30d", "spend_30d"])
    assert fingerprint(["spend_30d"]) != fingerprint(["spend_90d"])
