import pytest
from pydantic import ValidationError

from conf.contact_policy import Combination, ContactRule
from conf.policy import Holdout, Policy, Rule


@pytest.mark.parametrize(
    ("fields", "stated"),
    [
        ({"max_contacts": 1}, "either max_contacts and days"),
        ({"days": 7, "pause_days": 3}, "either max_contacts and days"),
        ({"max_contacts": 1, "days": 7, "after": {"outcome": "no", "days": 9}, "pause_days": 3}, "either max_contacts"),
        ({"max_contacts": -1, "days": 7}, "greater than or equal to 0"),
        ({"max_contacts": 1, "days": 0}, "greater than or equal to 1"),
        ({"after": {"outcome": "no", "days": 9}, "pause_days": 3, "same": "channel"}, "answers name none"),
        ({"max_contacts": 1, "days": 7, "objectives": []}, "at least 1"),
        ({"after": {"days": 9}, "pause_days": 3}, "say either outcome"),
        ({"after": {"days": 9, "outcome": "no", "no_response_to": 3}, "pause_days": 3}, "say either outcome"),
        ({"after": {"days": 9, "times": 1, "no_response_to": 3}, "pause_days": 3}, "no_response_to says itself"),
        ({"max_contacts": 1, "days": 7, "except": []}, "at least 1"),
        ({"max_contacts": {"attribute": "wished"}, "days": 7}, "otherwise"),
        ({"max_contacts": {"attribute": "wished", "otherwise": -1}, "days": 7}, "greater than or equal to 0"),
        ({"max_contacts": {"attribute": "not a word", "otherwise": 1}, "days": 7}, "no word that formulas can use"),
        ({"max_contacts": {"attribute": "a", "otherwise": 1}, "days": 7, "per": "household"}, "is a number"),
        ({"max_contacts": 1, "days": 7, "per": "household", "segments": ["best"]}, "different segments"),
    ],
)
def test_a_contact_rule_is_a_cap_or_a_pause_and_says_what_it_can_keep(fields, stated):
    with pytest.raises(ValidationError, match=stated):
        ContactRule(name="weekly", **fields)


def test_a_cap_per_household_and_a_pause_of_one_offer_can_be_said():
    rule = ContactRule(name="letters at home", max_contacts=2, days=30, per="household", channels=["letter"])
    assert (rule.max_contacts, rule.channels) == (2, ("letter",))
    pause = ContactRule(name="rest", after={"outcome": "no", "days": 30, "times": 2}, pause_days=60, same="offer")
    assert pause.after.times == 2


@pytest.mark.parametrize("expressions", [{}, {"only_when": "a > 1", "never_when": "b > 1"}])
def test_a_rule_has_one_expression(expressions):
    with pytest.raises(ValidationError, match="either only_when or never_when"):
        Rule(name="adults", **expressions)


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "=SUM(A1)", "<b>", "x" * 81])
def test_names_that_people_read_are_one_plain_line(name):
    with pytest.raises(ValidationError):
        Rule(name=name, only_when="a > 1")


@pytest.mark.parametrize(
    ("field", "value"), [("share", 1), ("share", -0.1), ("salt", "literal"), ("salt", "env:lower")]
)
def test_a_holdout_is_a_share_below_one_and_names_where_its_secret_is(field, value):
    with pytest.raises(ValidationError):
        Holdout(**({"share": 0.1, "salt": "env:SALT"} | {field: value}))


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"offers": ["a"]},
        {"offers": ["a"], "after": ["b"]},
        {"offers": ["a"], "not_within_days": 3},
        {"offers": ["a"], "only_after": ["b"], "after": ["c"], "not_within_days": 3},
        {"never_together": ["a", "b"], "offers": ["a"]},
        {"never_together": ["a"]},
    ],
)
def test_a_combination_says_one_of_three_things(stated):
    with pytest.raises(ValidationError, match=r"say never_together|at least 2"):
        Combination(name="mix", **stated)


def test_a_name_is_not_used_for_a_rule_and_for_a_combination():
    rule = {"name": "one of both", "only_when": "a > 1"}
    combination = {"name": "one of both", "never_together": ["a", "b"]}
    with pytest.raises(ValidationError, match="'one of both' is used twice"):
        Policy(value={"loyalty": "1"}, rules=[rule], combinations=[combination])


@pytest.mark.parametrize("kind", ["rules", "contact_policy", "limits"])
def test_names_are_unique_within_a_kind(kind):
    item = {
        "rules": {"name": "same name", "only_when": "a > 1"},
        "contact_policy": {"name": "same name", "max_contacts": 1, "days": 1},
        "limits": {"name": "same name", "count": "contacts", "max": 1},
    }[kind]
    with pytest.raises(ValidationError, match="'same name' is used twice"):
        Policy(value={"loyalty": "1"}, **{kind: [item, item]})


def test_objectives_are_the_companys_own_and_five_where_it_names_none():
    assert Policy(value={}).objectives == ("cross_sell", "up_sell", "retention", "loyalty", "reminder")
    assert Policy(value={}, objectives=["onboarding"]).objectives == ("onboarding",)
    with pytest.raises(ValidationError, match="the objective 'a' is named twice"):
        Policy(value={}, objectives=["a", "b", "a"])
