"""Features and outcomes of all cut-offs, side by side and in one order."""

from datetime import date

import pytest

from conf.models import Label
from models.errors import CannotTrain
from models.histories import CONTACTS, PURCHASE_DAYS
from models.training_table import first_day, in_canonical_order, training_set

LINES = """
    customer | on         | amount
    bob      | 2024-05-20 | 3
    ann      | 2024-06-20 | 5
    ann      | 2024-07-02 | 7
"""


def test_rows_come_by_date_and_customer_and_a_customer_has_one_number(drawn):
    dates = [date(2024, 7, 1), date(2024, 6, 1)]
    labels = {"leaves": Label(kind="no_purchase", window_days=30)}
    result = in_canonical_order(training_set(drawn(LINES), dates, labels)).select(
        ["as_of", "customer_id", "customer_number", "spend_30d", "label_leaves"]
    )
    assert [list(row.values()) for row in result.to_pylist()] == [
        [date(2024, 6, 1), "ann", 0, 0, 0],
        [date(2024, 6, 1), "bob", 1, 3, 1],
        [date(2024, 7, 1), "ann", 0, 5, 0],
        [date(2024, 7, 1), "bob", 1, 0, 1],
    ]


def test_the_history_of_a_label_begins_with_its_own_table(drawn):
    sources = drawn(LINES, contacts="customer | offer | on\nann | cards | 2023-01-01")
    assert first_day(PURCHASE_DAYS, sources) == date(2024, 5, 20)
    assert first_day(CONTACTS, sources) == date(2023, 1, 1)


def test_an_empty_or_missing_table_cannot_be_learnt_from(drawn):
    for sources in (drawn(LINES), drawn(LINES, contacts="customer | offer | on")):
        with pytest.raises(CannotTrain, match="a label needs contacts, and there is not one row of them"):
            first_day(CONTACTS, sources)
