from datetime import date

import pytest
from pydantic import ValidationError

from conf.offers import Channel, Offer

ROW = {
    "id": "pet_food",
    "name": "A first look",
    "objective": "cross_sell",
    "category": "pets",
    "margin": "12.5",
    "incentive_cost": "2",
    "valid_from": "2026-01-01",
    "valid_to": "2026-01-31",
    "channels": "email letter",
    "effect_share": "0.05",
}


def test_channels_are_split_and_further_columns_are_numbers_for_formulas():
    offer = Offer(**ROW)
    assert offer.channels == ("email", "letter")
    assert offer.parameters == {"effect_share": 0.05}
    assert Channel(id="email", name="E-mail", unit_cost="0.02", reach="0.1").parameters == {"reach": 0.1}


@pytest.mark.parametrize("field", ["id", "name", "objective", "margin", "incentive_cost", "valid_from", "channels"])
def test_what_an_offer_must_say_is_asked_for(field):
    with pytest.raises(ValidationError, match=f"{field}\n.*(Field required|required)"):
        Offer(**{key: value for key, value in ROW.items() if key != field})


@pytest.mark.parametrize(("slip", "meant"), [("margn", "margin"), ("incentive_costs", "incentive_cost")])
def test_a_slip_in_a_header_is_not_taken_for_a_number_of_its_own(slip, meant):
    with pytest.raises(ValidationError, match=f"too near to '{meant}'"):
        Offer(**(ROW | {slip: "1"}))


@pytest.mark.parametrize(
    ("day", "is_valid"),
    [("2025-12-31", False), ("2026-01-01", True), ("2026-01-31", True), ("2026-02-01", False)],
)
def test_an_offer_is_valid_from_its_first_day_to_its_last(day, is_valid):
    assert Offer(**ROW).is_valid_on(date.fromisoformat(day)) == is_valid


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "Pet Food"),
        ("objective", "selling"),
        ("margin", "-1"),
        ("margin", "0.1234567"),  # finer than a millionth
        ("margin", "inf"),
        ("channels", ""),
        ("valid_to", "2025-01-01"),
        ("effect_share", "five"),
        ("effect_share", "nan"),
    ],
)
def test_a_row_that_means_nothing_is_refused(field, value):
    with pytest.raises(ValidationError):
        Offer(**(ROW | {field: value}))
