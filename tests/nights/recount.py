"""The contact policy recounted in plain pandas, from what was sent before and is sent tonight."""

import pandas as pd

SCOPES = {"channels": "channel", "offers": "offer_id", "objectives": "objective"}
SAME = {"offer": "offer_id", "objective": "objective", "channel": "channel"}
DAY = pd.Timedelta(days=1)


def holds_on(rule, day):
    """Whether a dated rule is in force."""
    first, last = (pd.Timestamp(rule.get(name) or day) for name in ("valid_from", "valid_to"))
    excepted = any(
        pd.Timestamp(one["between"][0]) <= day <= pd.Timestamp(one["between"][1]) for one in rule.get("exceptions", ())
    )
    return first <= day <= last and not excepted


def over_the_cap(rule, earlier, tonight):
    """Customers whom tonight's contact takes over a cap; every customer of the demo is a household of its own."""
    day = tonight.day.iloc[0]
    window = earlier[(earlier.day > day - rule["days"] * DAY) & (earlier.day < day)]
    counted = pd.concat([window, tonight])
    for scope, column in SCOPES.items():
        if scope in rule:
            counted = counted[counted[column].isin(rule[scope])]
    keys = ["customer_id", *([SAME[rule["same"]]] if "same" in rule else [])]
    size = counted.groupby(keys)["day"].transform("size")
    return set(counted[(size > rule["max_contacts"]) & (counted.day == day)].customer_id)


def within_the_pause(rule, answers, tonight):
    """Customers who get something although so many answers of theirs lie so near to one another, and to tonight."""
    day = tonight.day.iloc[0]
    found = set()
    of_outcome = answers[(answers.outcome == rule["after"]["outcome"]) & (answers.day < day)]
    for customer, days in of_outcome.groupby("customer_id").day:
        in_order = sorted(days)
        for first, last in zip(in_order, in_order[rule["after"].get("times", 1) - 1 :], strict=False):
            if last - first < rule["after"]["days"] * DAY and last > day - rule["pause_days"] * DAY:
                found.add(customer)
    return found & set(tonight.customer_id)


def against_a_combination(rule, earlier, tonight):
    """Customers whose offer tonight is excluded, or not yet allowed, by what they were sent before."""
    day = tonight.day.iloc[0]
    had = earlier[earlier.day < day].merge(tonight, on="customer_id", suffixes=("_before", ""))
    if "never_together" in rule:
        both = had.offer_id.isin(rule["never_together"]) & had.offer_id_before.isin(rule["never_together"])
        return set(had[both & (had.offer_id != had.offer_id_before)].customer_id)
    meant = tonight[tonight.offer_id.isin(rule["offers"])]
    named = had[had.offer_id_before.isin(rule.get("after") or rule["only_after"])]
    if "only_after" in rule:
        return set(meant.customer_id) - set(named.customer_id)
    near = named[named.day_before >= day - rule["not_within_days"] * DAY]
    return set(meant.customer_id) & set(near.customer_id)


def breaches(policy, earlier, answers, tonight):
    """Name of a rule of the contact policy -> customers for whom tonight breaks it."""
    day = tonight.day.iloc[0]
    rules = [rule for rule in policy["contact_policy"] if holds_on(rule, day)]
    found = {
        rule["name"]: within_the_pause(rule, answers, tonight)
        if "after" in rule
        else over_the_cap(rule, earlier, tonight)
        for rule in rules
    }
    for rule in policy.get("combinations", ()):
        if holds_on(rule, day):
            found[rule["name"]] = against_a_combination(rule, earlier, tonight)
    return {name: customers for name, customers in found.items() if customers}
