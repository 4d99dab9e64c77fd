"""Limits passed by the least that there is."""

from decimal import Decimal

MILLIONTH = Decimal("0.000001")


def the_budget_is_passed_by_a_millionth(night):
    """budget: above its max of 5"""
    night.of("ann").update(value=13, cost=2 + MILLIONTH, net_value=11 - MILLIONTH)


def the_return_is_a_millionth_short(night):
    """return: below its min of 5.2"""
    night.of("ann").update(value=12 - MILLIONTH, net_value=10 - MILLIONTH)


def one_contact_too_many(night):
    """emails: above its max of 2"""
    night.consents += "bob,email,true,2024-01-01\n"
    night.of("bob")["channel"] = "email"


def a_hard_minimum_is_missed(night):
    """gifts: below its min of 2"""
    night.limit("gifts")["min"] = 2


def the_maximum_of_a_soft_limit_is_hard(night):
    """card wish: above its max of 1"""
    night.limit("card wish")["max"] = 1


def a_maximum_is_passed_though_somebody_opted_out(night):
    """budget: above its max of 4.5"""
    night.limit("budget")["max"] = 4.5
    night.of("cid").update(status="no_consent", reasons=["consent: opted out while the night ran"])
    night.opted_out = 1


def a_limit_of_this_very_day_is_passed(night):
    """text quota: above its max of 0"""
    day = {"valid_from": "2024-07-01", "valid_to": "2024-07-01"}
    night.policy["limits"].append(
        {"name": "text quota", "count": "contacts", "where": {"channel": ["sms"]}, "max": 0} | day
    )


def a_limit_on_two_columns_is_passed(night):
    """golden e-mails: above its max of 0"""
    where = {"offer_id": ["card"], "channel": ["email"]}
    night.policy["limits"].append({"name": "golden e-mails", "count": "contacts", "where": where, "max": 0})
