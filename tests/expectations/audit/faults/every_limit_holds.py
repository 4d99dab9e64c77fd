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


def a_share_is_passed(night):
    """mostly texts: above its max of 0.6"""
    share = {"name": "mostly texts", "count": "contacts", "where": {"channel": ["email"]}, "share_of": "all"}
    night.policy["limits"].append(share | {"max": "60%"})  # two of three


def a_share_is_missed(night):
    """gifts by e-mail: below its min of 0.75"""
    share = {"name": "gifts by e-mail", "sum": "value", "where": {"objective": ["loyalty"]}, "min": 0.75}
    night.policy["limits"].append(share | {"share_of": {"channel": ["email"]}})  # 5 of 17


def too_many_of_a_segment_are_contacted(night):
    """few of the rich: above its max of 1"""
    night.policy["segments"] = {"rich": "worth > 8"}
    night.segments = {"ann": ["rich"], "bob": ["rich"]}
    night.policy["limits"].append(
        {"name": "few of the rich", "count": "contacts", "where": {"segment": ["rich"]}, "max": 1}
    )


def an_attribute_adds_up_to_too_much(night):
    """worth: above its max of 25.5"""
    night.policy["limits"].append({"name": "worth", "sum": "worth", "max": 25.5})  # 12 + 9 + 5


def the_month_has_used_too_much(night, new_decision):
    """cost of the month: above its max of 4"""
    night.sent_on("2024-07-03", new_decision("ann", "offered", "gift", "email", "9", "6"))
    night.sent_on("2024-06-30", new_decision("ann", "offered", "gift", "email", "9", "99"))  # of another month
    limit = {"name": "cost of the month", "sum": "cost", "per": "month", "pace": "free", "max": 10}
    night.policy["limits"].append(limit)


def tonight_takes_the_share_of_the_nights_to_come(night):
    """contacts of the week: above its max of 2"""
    limit = {"name": "contacts of the week", "count": "contacts", "per": "week", "max": 20}  # of seven nights
    night.policy["limits"].append(limit)


def a_window_of_days_is_full(night, new_decision):
    """emails: above its max of 1"""
    night.sent_on("2024-06-28", new_decision("x", "offered", "gift", "email", "9", "6"))
    night.sent_on("2024-07-04", new_decision("y", "offered", "gift", "email", "9", "6"))
    night.limit("emails").update(days=4, max=2)


def a_date_of_the_month_is_lost(night):
    """all of the month: above its max of 0"""
    night.enter(lost="2024-07-20/COMMIT.1")
    night.policy["limits"].append({"name": "all of the month", "count": "contacts", "per": "month", "max": 1000})
