"""What the auditor makes of declarations; tests/models/features holds it against Spark and worked rows."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from expectations.audit import not_rederived
from expectations.audit.checks.features import features_follow_from_the_raw_rows
from expectations.audit.feature_definitions import is_same
from expectations.audit.features import Money, is_understood, value_of
from expectations.audit.person import Answer, Contact, Line, Person
from models.features.declaration import all_features, as_json

AS_OF = date(2024, 7, 1)
ANN = Person(
    AS_OF,
    lines=[
        Line(date(2024, 6, 30), "b", "wine", 2_000_000, 1_000_000, None),
        Line(date(2024, 6, 30), "b", None, 1_000_000, 1_000_000, 7),
        Line(date(2024, 6, 21), "a", "wine", -500_000, 1_000_000, None),
        Line(date(2024, 4, 2), "a", "bread", 500_000, -1_000_000, None),  # 90 days ago
    ],
    contacts=[Contact(date(2024, 6, 1), "card", "sms"), Contact(date(2024, 5, 31), "card", None)],
    responses=[Answer(date(2024, 6, 30), "card", 5), Answer(date(2023, 7, 2), "gift", None)],
)
DECLARATIONS = {load["name"]: load for load in json.loads(as_json(all_features()))}
SPEND = DECLARATIONS["spend_30d"]
SHARE = DECLARATIONS["category_spend_share_90d"]


@pytest.mark.parametrize(
    ("feature", "value"),
    [
        ("baskets_30d", 2),
        ("baskets_90d", 3),
        ("baskets_trend_30d", Fraction(2, 2)),
        ("contacts_30d", 1),  # 1 June is 30 days ago, 31 May is not
        ("days_since_last_contact", 30),
        ("days_since_first_purchase", 90),
        ("lateness_365d", Fraction(1) / Fraction(89, 2)),  # gaps of 80 and 9 days
        ("margin_30d", Money(7)),
        ("returned_90d", Money(1_000_000)),
        ("spend_per_basket_30d", Fraction(5, 4)),
        ("categories_30d", 1),
    ],
)
def test_a_persons_rows_make_the_value(feature, value):
    declared = DECLARATIONS.get(feature) or DECLARATIONS[feature.replace("_30d", "_90d")] | {"window_days": 30}
    assert value_of(declared, ANN) == value


def test_a_category_is_a_part_of_what_has_a_category():
    assert [value_of(SHARE, ANN, item) for item in ("wine", "bread")] == [Fraction(3, 4), Fraction(1, 4)]
    assert value_of(SHARE, Person(AS_OF), "wine") == 0


def test_a_condition_is_on_the_rows():
    by_sms = DECLARATIONS["contacts_90d"] | {"value": {"count": None, "where": {"channel": ["sms"]}}}
    assert (value_of(DECLARATIONS["contacts_90d"], ANN), value_of(by_sms, ANN)) == (2, 1)


def test_of_nobodys_rows_counts_are_nothing_and_ratios_are_missing():
    empty = Person(AS_OF)
    names = ("spend_30d", "baskets_30d", "spend_trend_30d", "margin_30d")
    assert [value_of(DECLARATIONS[name], empty) for name in names] == [0, 0, None, None]


@pytest.mark.parametrize(
    "change",
    [
        {"history": "shoe sizes"},
        {"grain": "household"},
        {"grain": "customer × category"},  # purchase days have none
        {"window_days": "30"},
        {"value": {"median": "amount"}},
        {"value": {"sum": "colour"}},
        {"value": {"sum": None}},
        {"value": {"sum": "amount", "count": None}},
        {"value": {"sum": "amount", "unless": {"amount": [0]}}},
        {"value": {"sum": "amount", "where": {"colour": ["red"]}}},
        {"value": {"sum": "amount", "windows": 0}},
        {"value": {"ratio": [{"sum": "amount"}]}},
        {"value": {"ratio": [{"sum": "amount"}, {"median": "amount"}]}},
        {"value": {"share": {"sum": "amount"}}},  # of a category
        {"value": {"days_since": "second"}},
        {"value": None},
        {"further": 1},
    ],
)
def test_a_declaration_with_a_part_that_the_auditor_does_not_know_is_not_understood(change):
    assert is_understood(SPEND)
    assert not is_understood(SPEND | change)


def test_a_feature_that_the_auditor_does_not_understand_is_named(night):
    evidence = night.evidence()
    assert not_rederived(evidence) == []
    median = SPEND | {"name": "spend_90d", "value": {"median": "amount"}}
    declared = [declaration for declaration in evidence.declarations.values() if declaration["name"] != "spend_90d"]
    newer = replace(evidence, feature_declarations=json.dumps([*declared, median]).encode())
    assert not_rederived(newer) == ["spend_90d"]
    assert list(features_follow_from_the_raw_rows(newer)) == []


@pytest.mark.parametrize(
    ("stored", "value", "is_right"),
    [
        (0.1, Money(100_000), True),
        (0.1000005, Money(100_000), False),
        (1 / 3, Fraction(1, 3), True),
        (1 / 3 + 1e-9, Fraction(1, 3), False),
        (0.0, Fraction(0), True),
        (1e-30, Fraction(0), False),
        (None, None, True),
        (0.0, None, False),
        (None, 0, False),
        (float("nan"), 0, False),
        (3.0, 3, True),
    ],
)
def test_numbers_and_money_are_exact_and_ratios_nearly(stored, value, is_right):
    assert is_same(stored, value) is is_right
