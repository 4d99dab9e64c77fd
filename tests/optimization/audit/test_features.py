"""The auditor finds what it knows of a feature by its name; test_feature_table.py holds it against Spark."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from models.features.declaration import all_features
from optimization.audit import not_rederived
from optimization.audit.feature_definitions import definition_of, without_definition
from optimization.audit.feature_values import is_same
from optimization.audit.person import Answer, Line, Money, Person

AS_OF = date(2024, 7, 1)
ANN = Person(
    AS_OF,
    lines=[
        Line(date(2024, 6, 30), "b", "wine", 2_000_000, 1_000_000, None),
        Line(date(2024, 6, 30), "b", None, 1_000_000, 1_000_000, 7),
        Line(date(2024, 6, 21), "a", "wine", -500_000, 1_000_000, None),
        Line(date(2024, 4, 2), "a", "bread", 500_000, -1_000_000, None),  # 90 days ago
    ],
    contacts=[date(2024, 6, 1), date(2024, 5, 31)],
    responses=[Answer(date(2024, 7, 1), 5), Answer(date(2023, 7, 2), None)],
)


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
        ("longest_gap_days_30d", 80),
        ("margin_30d", Money(7)),
        ("margin_5d", Money(7)),
        ("returned_90d", Money(1_000_000)),
        ("spend_per_basket_30d", Fraction(5, 4)),
        ("categories_30d", 1),
    ],
)
def test_a_persons_rows_make_the_value(feature, value):
    assert definition_of(feature).of(ANN) == value


def test_a_category_is_a_part_of_what_has_a_category():
    share = definition_of("category_spend_share_90d")
    assert [share.of(ANN, one) for one in ("wine", "bread")] == [Fraction(3, 4), Fraction(1, 4)]
    assert share.of(Person(AS_OF), "wine") == 0


def test_of_nobodys_rows_counts_are_nothing_and_ratios_are_missing():
    empty = Person(AS_OF)
    found = {
        name: definition_of(name).of(empty) for name in ("spend_30d", "baskets_30d", "spend_trend_30d", "margin_30d")
    }
    assert found == {"spend_30d": Money(0), "baskets_30d": 0, "spend_trend_30d": None, "margin_30d": None}


def test_every_registered_feature_has_a_definition():
    assert without_definition(one.name for one in all_features()) == []


@pytest.mark.parametrize("name", ["shoe_size", "spend_0d", "person", "over", "_once", ""])
def test_other_names_mean_nothing(name):
    assert definition_of(name) is None


def test_a_feature_that_the_auditor_does_not_know_is_named(night):
    evidence = night.evidence()
    assert not_rederived(evidence) == []
    assert not_rederived(replace(evidence, attributes=["leaning"])) == ["price", "worth"]


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
