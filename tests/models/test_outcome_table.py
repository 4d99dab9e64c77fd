"""Labels of every kind, drawn around one cut-off."""

from datetime import date

import pytest

from conf.models import Label
from models.errors import CannotTrain
from models.labels.declaration import all_label_kinds
from models.training_table import outcome_table

CUT_OFF = date(2024, 7, 1)


def outcomes(sources, **label):
    result = outcome_table(sources, {"it": Label(**label)}, [CUT_OFF]).collect()
    return {row["customer_id"]: row["label_it"] for row in result}


LINES = """
    customer | on         | amount | category | margin
    ann      | 2024-06-30 | 5      | bread    | 1      # the day before the cut-off is history
    ann      | 2024-07-30 | 7      | wine     | 2      # the last day of thirty
    bob      | 2024-07-31 | 9      | wine     | 3      # one day too late
    cy       | 2024-07-01 | 4      | fish     |        # the cut-off itself belongs to the label
    cy       | 2024-07-02 | -1     | fish     |        # a return
"""


def test_no_purchase_is_a_window_without_one(drawn):
    assert outcomes(drawn(LINES), kind="no_purchase", window_days=30) == {"ann": 0, "bob": 1, "cy": 0}


def test_spend_is_money_with_returns_deducted(drawn):
    assert outcomes(drawn(LINES), kind="spend", window_days=30) == {"ann": 7, "bob": 0, "cy": 3}


def test_margin_counts_where_lines_state_it(drawn):
    assert outcomes(drawn(LINES), kind="spend", window_days=30, of="margin") == {"ann": 2, "bob": 0, "cy": 0}


def test_categories_bought_are_those_of_the_window(drawn):
    result = outcomes(drawn(LINES), kind="buys_category", window_days=30, not_bought_days=90)
    assert result == {"ann": ["wine"], "bob": [], "cy": ["fish"]}


def test_a_response_counts_from_its_own_contact_and_who_is_not_contacted_has_no_label(drawn):
    contacts = """
        customer | offer | on
        ann      | cards | 2024-07-10
        bob      | cards | 2024-07-10
        cy       | cards | 2024-08-05     # beyond the days in which contacts count
        dan      | cards | 2024-07-20
    """
    responses = """
        customer | offer | on
        ann      | cards | 2024-07-23     # on the last of fourteen days
        bob      | cards | 2024-07-24     # one day too late
        cy       | cards | 2024-08-06
        dan      | loans | 2024-07-21     # to another offer
    """
    result = outcomes(drawn(contacts=contacts, responses=responses), kind="responds", window_days=14, contact_days=30)
    assert result == {"ann": 1, "bob": 0, "cy": None, "dan": 0}


def test_contacts_that_nobody_ever_answered_are_all_a_no(drawn):
    contacts = drawn(contacts="customer | offer | on\nann | cards | 2024-07-10")
    assert outcomes(contacts, kind="responds", window_days=14) == {"ann": 0}


ARMS = """
    customer | offer | on         | arm
    ann      | cards | 2024-07-10 | treatment
    bob      | cards | 2024-07-10 | control
    bob      | loans | 2024-07-12 | treatment   # what came first counts
    cy       | cards | 2024-07-10 | control
    dan      | cards | 2024-08-05 | treatment   # beyond the days in which arms count
"""


def uplift(sources, **label):
    result = outcome_table(sources, {"it": Label(kind="uplift", window_days=14, **label)}, [CUT_OFF]).collect()
    return {row["customer_id"]: (row["label_it"], row["arm_it"]) for row in result}


def test_both_arms_are_followed_from_the_day_of_the_contact_that_was_made_or_kept_back(drawn):
    responses = """
        customer | offer | on
        ann      | cards | 2024-07-09     # before her contact
        bob      | cards | 2024-07-23     # nobody asked him, and he came; the last of fourteen days
        cy       | loans | 2024-07-11     # to another offer
        dan      | cards | 2024-08-06
    """
    lines = """
        customer | on         | amount
        ann      | 2024-07-10 | 5
        bob      | 2024-07-24 | 5         # one day too late
        dan      | 2024-08-06 | 5
    """
    sources = drawn(lines, responses=responses, arms=ARMS)
    assert uplift(sources) == {"ann": (0, 1), "bob": (1, 0), "cy": (0, 0), "dan": (None, None)}
    assert uplift(sources, by="purchase") == {"ann": (1, 1), "bob": (0, 0), "cy": (0, 0), "dan": (None, None)}


def test_arms_that_nothing_followed_are_all_a_no(drawn):
    assert uplift(drawn(arms="customer | offer | on | arm\nann | cards | 2024-07-10 | control")) == {"ann": (0, 0)}


def test_a_label_whose_table_is_missing_is_named(drawn):
    with pytest.raises(CannotTrain, match="model 'it': its label needs transactions; the deployment has none"):
        outcomes(drawn(contacts="customer | offer | on\nann | cards | 2024-07-10"), kind="spend", window_days=30)


def test_settings_and_declarations_know_the_same_kinds():
    assert list(all_label_kinds()) == sorted(Label.model_fields["kind"].annotation.__args__)
