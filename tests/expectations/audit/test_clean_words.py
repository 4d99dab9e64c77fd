"""The auditor is silent where formulas, rules and caps use words that a company declares, and keep them."""

from datetime import date

from expectations.audit import audit
from tests.expectations.audit.drawn.raw import FORMULAS


def test_formulas_of_offers_and_functions_that_say_the_same(night):
    night.policy["value_of_offer"] = {"card": f"coalesce({FORMULAS['value']['cross_sell']}, worth / 0)"}
    night.policy["cost_of_offer"] = {"gift": "if(price > 0, round(least(price, 9), 2), abs(price))"}
    assert audit(night.evidence()) == []


def test_features_of_the_category_of_an_offer(night):
    night.offers[0]["category"] = "clothes"  # Ann spent 5 in 90 days, Bob nothing of late
    scope = {"offers": {"id": ["card"]}}
    night.policy["rules"] = [
        {"name": "little", "only_when": "category_spend_90d between 0 and 5", **scope},
        {"name": "wears", "never_when": "category_days_since_last_purchase is null", **scope},
        {"name": "dated", "only_when": "category_spend_90d > 99", "valid_to": date(2024, 6, 30)},  # as YAML reads it
    ]
    night.policy["value_of_offer"] = {"card": f"{FORMULAS['value']['cross_sell']} + 0 * category_spend_90d"}
    assert audit(night.evidence()) == []


def test_contacts_of_later_dates_that_are_not_planned_or_lie_beyond_the_window(night):
    night.policy["contact_policy"] = [{"name": "weekly", "max_contacts": 1, "days": 7}]
    night.policy["combinations"] = [{"name": "rest", "offers": ["loan"], "after": ["card"], "not_within_days": 5}]
    rows = (
        "ann,card,mail,2024-07-02,treatment,false",
        "ann,card,mail,2024-07-02,treatment,",
        "ann,loan,mail,2024-07-08,,1",
    )
    night.contacts = (
        "\n".join([f"{night.contacts.strip()},planned", *rows, "bob,card,mail,2024-07-02,control,true"]) + "\n"
    )
    assert audit(night.evidence()) == []
