"""What holds on some dates: a table of days, read in the head."""

from datetime import date

import pytest
from pydantic import ValidationError

from conf.dated import Dated

JUNE, JULY = date(2024, 6, 30), date(2024, 7, 1)
BLACK_FRIDAY = {"between": ["2024-06-30", "2024-06-30"]}
JULY_AND_LATER = {"between": ["2024-07-01", "2024-08-01"]}


@pytest.mark.parametrize(
    ("stated", "on_30_june", "on_1_july"),
    [
        ({}, True, True),
        ({"valid_from": "2024-07-01"}, False, True),
        ({"valid_to": "2024-06-30"}, True, False),
        ({"valid_from": "2024-06-30", "valid_to": "2024-06-30"}, True, False),
        ({"exceptions": [BLACK_FRIDAY]}, False, True),
        ({"exceptions": [{"between": ["2024-06-01", "2024-06-29"]}, JULY_AND_LATER]}, True, False),
        ({"valid_to": "2024-06-30", "exceptions": [BLACK_FRIDAY]}, False, False),
    ],
)  # fmt: skip
def test_it_holds_in_its_dates_and_in_no_exception(stated, on_30_june, on_1_july):
    item = Dated.model_validate(stated)
    assert (item.holds_on(JUNE), item.holds_on(JULY)) == (on_30_june, on_1_july)


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ({"valid_from": "2024-07-01", "valid_to": "2024-06-30"}, "is after valid_to"),
        ({"exceptions": [{"between": ["2024-07-01", "2024-06-30"]}]}, "there is no date"),
        ({"exceptions": [{"between": ["2024-07-01"]}]}, "at least 2"),
        ({"exceptions": [{"on": "2024-07-01"}]}, "between"),
    ],
)
def test_dates_that_hold_never_are_refused(stated, why):
    with pytest.raises(ValidationError, match=why):
        Dated.model_validate(stated)
