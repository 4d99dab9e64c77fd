from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from conf.offers import Channel, Offer
from conf.strict import DIRECTION_SIGNS

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


@pytest.mark.parametrize(("word", "is_exempt"), [("true", True), ("0", False), (None, False)])
def test_an_offer_is_exempt_where_it_says_so(word, is_exempt):
    assert Offer(**(ROW | ({} if word is None else {"exempt": word}))).exempt is is_exempt


def test_the_topic_of_an_offer_is_its_objective_unless_it_says_another():
    assert Offer(**ROW).about == "cross_sell"
    assert Offer(**(ROW | {"topic": "Pets and more"})).about == "Pets and more"


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
        ("objective", "Our selling"),
        ("margin", "-1"),
        ("margin", "0.1234567"),  # finer than a millionth
        ("margin", "inf"),
        ("channels", ""),
        ("topic", "*"),
        ("topic", "ALL"),
        ("valid_to", "2025-01-01"),
        ("effect_share", "five"),
        ("effect_share", "nan"),
    ],
)
def test_a_row_that_means_nothing_is_refused(field, value):
    with pytest.raises(ValidationError):
        Offer(**(ROW | {field: value}))


@pytest.mark.parametrize(("channels", "twice"), [("call call", "call"), ("email sms email", "email")])
def test_a_channel_is_named_once(channels, twice):
    with pytest.raises(ValidationError, match=f"the channel '{twice}' is named twice"):
        Offer(**(ROW | {"channels": channels}))


@pytest.mark.parametrize("sign", ",;|/+&")
def test_channels_are_parted_by_blanks(sign):
    with pytest.raises(ValidationError, match="channels are parted by blanks"):
        Offer(**(ROW | {"channels": f"email{sign} letter"}))


UNSEEN = st.one_of(st.characters(categories=["Cc", "Zl", "Zp"]), st.sampled_from(sorted(DIRECTION_SIGNS)))


@given(
    UNSEEN,
    st.sampled_from([lambda name: Offer(**(ROW | {"name": name})), lambda name: Channel(**(CHANNEL | {"name": name}))]),
)
def test_a_name_is_one_line_without_control_or_direction_signs(sign, named):
    with pytest.raises(ValidationError, match=f"there is U[+]{ord(sign):04X} in it"):
        named(f"We miss{sign}you")


CHANNEL = {"id": "email", "name": "E-mail", "unit_cost": 1}


@pytest.mark.parametrize(
    "name", ["Ein erster Blick", "一見", "نظرة أولى", "👩‍👩‍👧 food", "می‌خواهم", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "20 % + more"]
)
def test_letters_of_any_script_and_emoji_are_part_of_a_name(name):
    assert Offer(**(ROW | {"name": name})).name == name


@given(st.one_of(st.integers(0, 10**11), st.integers(0, 10**6).map(str), st.floats(0, 10**6), st.booleans()))
def test_no_number_is_taken_for_a_day(number):
    with pytest.raises(ValidationError, match="a day is written 2024-01-31"):
        Offer(**(ROW | {"valid_from": number}))


@pytest.mark.parametrize("day", ["01/02/2024", "20240131", "2024-1-5", "31 Jan 2024", "2024-01-31T10:00"])
def test_a_day_that_may_be_another_is_not_read(day):
    with pytest.raises(ValidationError, match="a day is written 2024-01-31"):
        Offer(**(ROW | {"valid_to": day}))
