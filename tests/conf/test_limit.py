from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from conf.limit import Limit


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"max": 1}, "exactly one of count, sum, ratio"),
        ({"count": "contacts", "sum": "cost", "max": 1}, "exactly one of count, sum, ratio"),
        ({"count": "contacts"}, "say min, max or both"),
        ({"count": "contacts", "min": 2, "max": 1}, "min 2 is above max 1"),
        ({"count": "contacts", "max": 1, "shortfall_price": 2}, "there is no min"),
        ({"count": "contacts", "min": 1, "shortfall_price": 0}, "greater than 0"),
        ({"count": "contacts", "max": 1, "where": {"channel": []}}, "at least 1 item"),
        ({"count": "contacts", "max": float("nan")}, "finite"),
        ({"count": "contacts", "share_of": "all", "max": 0.5}, "which part it is of the whole"),
        ({"count": "contacts", "share_of": "all", "where": {"channel": ["email"]}, "max": 2}, "between 0 and 1"),
        ({"count": "contacts", "share_of": "all", "where": {"channel": ["email"]}, "min": "few %"}, "is no share"),
        ({"ratio": ("value", "cost"), "share_of": "all", "where": {"channel": ["email"]}, "min": 0.1}, "its own whole"),
        ({"count": "contacts", "share_of": "some", "where": {"channel": ["email"]}, "min": 0.1}, "dictionary"),
        ({"count": "contacts", "max": 1, "valid_from": "2017-02-01", "valid_to": "2017-01-01"}, "is after valid_to"),
    ],
)
def test_a_limit_that_limits_nothing_or_contradicts_itself_is_refused(fields, message):
    with pytest.raises(ValidationError, match=message):
        Limit(name="calls", **fields)


@pytest.mark.parametrize(
    ("day", "holds"), [("2017-01-01", False), ("2017-01-02", True), ("2017-01-05", True), ("2017-01-06", False)]
)
def test_a_dated_limit_holds_from_its_first_day_to_its_last(day, holds):
    limit = Limit(name="calls", count="contacts", max=1, valid_from="2017-01-02", valid_to="2017-01-05")
    assert limit.holds_on(date.fromisoformat(day)) == holds
    assert Limit(name="calls", count="contacts", max=1).holds_on(date.fromisoformat(day))


@pytest.mark.parametrize(("written", "bound"), [("60%", "0.6"), (" 12.5 %", "0.125"), (0.3, "0.3"), ("0.3", "0.3")])
def test_a_share_is_written_as_a_number_or_in_percent(written, bound):
    limit = Limit(name="e-mails", count="contacts", where={"channel": ["email"]}, share_of="all", max=written)
    assert (limit.max, limit.share_of, limit.is_quotient) == (Decimal(bound), {}, True)


def test_percent_is_for_shares():
    with pytest.raises(ValidationError, match="decimal"):
        Limit(name="calls", count="contacts", max="60%")
