"""What the contact policy leaves room for; the decision date is 1 August, the day after 31 July."""

from datetime import date, timedelta

import pytest

from conf.contact_policy import ContactRule
from jobs.candidates.contact_caps import blocked_by_caps

AS_OF = date(2024, 8, 1)
CONTACTS = (
    "customer_id string, household_id string, offer_id string, channel string, objective string, contacted_on date"
)
RESPONSES = (
    "customer_id string, household_id string, offer_id string, objective string, outcome string, responded_on date"
)
DRAWN_CONTACTS = """
    customer_id | household_id | offer_id | channel | objective  | contacted_on
    ann         | ann          | card     | email   | cross_sell | 2024-07-26   # the first of seven days
    bob         | bob          | card     | email   | cross_sell | 2024-07-25   # eight days with tonight
    cat         | cat          | fax_2019 | sms     |            | 2024-07-31   # of another system: objective unknown
    dan         | hill         | card     | email   | cross_sell | 2024-07-30
    eve         | hill         | loan     | sms     | loyalty    | 2024-07-31
    fay         | dan          | card     | email   | cross_sell | 2024-07-31   # her household is called as Dan is
"""
DRAWN_RESPONSES = """
    customer_id | household_id | offer_id | objective  | outcome  | responded_on
    ann         | ann          | card     | cross_sell | declined | 2024-07-12
    ann         | ann          | loan     | loyalty    | declined | 2024-07-21   # two within ten days
    bob         | bob          | card     | cross_sell | declined | 2024-07-13
    bob         | bob          | card     | cross_sell | declined | 2024-07-23   # eleven days, both counted
    cat         | cat          | card     | cross_sell | accepted | 2024-07-31
    dan         | hill         | card     | cross_sell | declined | 2024-07-23   # the tenth day is tonight
    eve         | hill         | loan     | loyalty    | declined | 2024-07-22   # it was yesterday
"""
TWICE = {"outcome": "declined", "times": 2, "days": 10}
SILENCE = {"no_response_to": 2, "days": 2}
ONCE = {"outcome": "declined", "days": 1}
RULES = [
    ContactRule.model_validate(rule)
    for rule in (
        {"name": "weekly", "max_contacts": 1, "days": 7},
        {"name": "today", "max_contacts": 1, "days": 1},
        {"name": "two days", "max_contacts": 1, "days": 2},
        {"name": "two a week", "max_contacts": 2, "days": 7},
        {"name": "sms", "max_contacts": 1, "days": 7, "channels": ["sms"]},
        {"name": "cards", "max_contacts": 1, "days": 7, "offers": ["card"]},
        {"name": "selling", "max_contacts": 1, "days": 7, "objectives": ["cross_sell"]},
        {"name": "same offer", "max_contacts": 1, "days": 7, "same": "offer"},
        {"name": "same aim", "max_contacts": 1, "days": 7, "same": "objective"},
        {"name": "same channel", "max_contacts": 1, "days": 7, "same": "channel"},
        {"name": "at home", "max_contacts": 1, "days": 2, "per": "household"},
        {"name": "after two", "after": TWICE, "pause_days": 12},
        {"name": "after one", "after": ONCE, "pause_days": 10},
        {"name": "after one at home", "after": ONCE, "pause_days": 11, "per": "household"},
        {"name": "after one of it", "after": ONCE, "pause_days": 10, "same": "offer"},
        {"name": "after one, no sms", "after": ONCE, "pause_days": 10, "channels": ["sms"]},
        {"name": "but cards", "max_contacts": 1, "days": 7, "except": ["card"]},
        {"name": "after silence", "after": SILENCE, "pause_days": 7},
        {"name": "after silence at home", "after": SILENCE, "pause_days": 9, "per": "household"},
        {"name": "after one silence", "after": {"no_response_to": 1, "days": 9}, "pause_days": 9, "except": ["loan"]},
    )
]


@pytest.fixture(scope="module")
def closed(frame):
    """Rule -> who is blocked, with what must be the same."""
    contacts = frame(DRAWN_CONTACTS, contacted_on="date")
    responses = frame(DRAWN_RESPONSES, responded_on="date")
    blocked = {rule.name: set() for rule in RULES}
    for row in blocked_by_caps(RULES, contacts, responses, AS_OF).collect():
        blocked[row["rule"]].add(f"{row['unit_id']} {row['same']}".strip())
    return blocked


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("weekly", {"ann", "cat", "dan", "eve", "fay"}),  # six days before tonight count, seven do not
        ("today", set()),  # nothing past lies within one day
        ("two days", {"cat", "eve", "fay"}),  # 31 July is the day before 1 August
        ("two a week", set()),
        ("sms", {"cat", "eve"}),
        ("cards", {"ann", "dan", "fay"}),
        ("selling", {"ann", "dan", "fay"}),  # an unknown objective is no cross-selling
        ("same offer", {"ann card", "cat fax_2019", "dan card", "eve loan", "fay card"}),
        ("same aim", {"ann cross_sell", "dan cross_sell", "eve loyalty", "fay cross_sell"}),
        ("same channel", {"ann email", "cat sms", "dan email", "eve sms", "fay email"}),
        ("at home", {"cat", "hill", "dan"}),  # Dan too, for Eve's sake; the home called dan is Fay's
        ("after two", {"ann"}),  # the second answer starts the pause: 21 July to 1 August
        ("after one", {"bob", "dan"}),  # 23 July to 1 August are ten days; from 22 July the pause has run out
        ("after one at home", {"bob", "hill"}),
        ("after one of it", {"bob card", "dan card"}),
        ("after one, no sms", {"bob", "dan"}),  # answers name no channel, so they count for each
        ("but cards", {"cat", "eve"}),
        ("after silence", set()),  # nobody was contacted twice
        ("after silence at home", {"hill"}),  # their answers came before
        ("after one silence", {"ann", "bob", "dan", "fay"}),  # Cat answered on the day
    ],
)
def test_a_rule_blocks_exactly_those_at_their_cap(closed, rule, expected):
    assert closed[rule] == expected


@pytest.mark.parametrize(
    ("wished", "is_blocked"),
    [
        (0.0, True),
        (1.0, True),
        (2.0, False),
        (None, False),
        (-1.0, False),
        (0.5, False),
        (float("nan"), False),
        (1e300, False),
    ],
)
def test_an_attribute_says_the_maximum_where_it_is_a_whole_number(spark, frame, wished, is_blocked):
    stated = {"attribute": "wished", "otherwise": 2}
    rule = ContactRule.model_validate({"name": "as wished", "max_contacts": stated, "days": 7, "same": "channel"})
    customers = spark.createDataFrame([("ann", wished), ("zoe", 0.0)], "customer_id string, wished double")
    contacts, answers = frame(DRAWN_CONTACTS, contacted_on="date"), frame(DRAWN_RESPONSES, responded_on="date")
    rows = blocked_by_caps([rule], contacts, answers, AS_OF, customers).collect()
    blocked = {(row["unit_id"], row["same"]) for row in rows}
    assert ("zoe", "") in blocked  # nobody ever wrote to her, and nobody shall
    assert any(unit == "ann" for unit, _ in blocked) is is_blocked


def test_what_is_blocked_for_a_household_does_not_name_a_customer_of_the_same_id(frame):
    contacts = frame(DRAWN_CONTACTS, contacted_on="date").where("household_id = 'dan'")
    rule = ContactRule(name="at home", max_contacts=1, days=7, per="household")
    (row,) = blocked_by_caps([rule], contacts, frame(DRAWN_RESPONSES, responded_on="date"), AS_OF).collect()
    assert (row["unit"], row["unit_id"]) == ("household_id", "dan")


@pytest.mark.parametrize(
    ("offsets", "is_blocked"),
    [
        ([-6], False),
        ([-6, -1], True),
        ([1, 6], True),
        ([-6, 1], False),  # seven days apart: no window of seven holds both
        ([-3, 3], True),  # from 29 July to 4 August
        ([-4, 3], False),
        ([-3, -3], True),
        ([7, 8], False),
        ([-6, -4, 2], True),
        ([-5, 2, 3], True),  # the window that begins tonight
    ],
)
def test_contacts_of_later_dates_count_in_the_windows_that_reach_them(spark, offsets, is_blocked):
    rule = ContactRule(name="two a week", max_contacts=2, days=7)
    contacts = [("ann", "ann", "card", "email", None, AS_OF + timedelta(days=offset)) for offset in offsets]
    answers = spark.createDataFrame([], RESPONSES)
    blocked = blocked_by_caps([rule], spark.createDataFrame(contacts, CONTACTS).coalesce(1), answers, AS_OF)
    assert bool(blocked.collect()) == is_blocked


def test_without_rules_nothing_is_blocked(frame):
    contacts = frame(DRAWN_CONTACTS, contacted_on="date")
    assert blocked_by_caps([], contacts, frame(DRAWN_RESPONSES, responded_on="date"), AS_OF).collect() == []
