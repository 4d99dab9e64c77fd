"""The contact policy recounted in plain pandas, from what was sent before and is sent in a night."""

import pandas as pd

SCOPES = {"channels": "channel", "offers": "offer_id", "objectives": "objective"}
SAME = {"offer": "offer_id", "objective": "objective", "channel": "channel"}
DAY = pd.Timedelta(days=1)


def holds_on(rule, day):
    """Whether a dated rule is in force."""
    first, last = (pd.Timestamp(rule.get(name) or day) for name in ("valid_from", "valid_to"))
    excepted = any(
        pd.Timestamp(exception["between"][0]) <= day <= pd.Timestamp(exception["between"][1])
        for exception in rule.get("exceptions", ())
    )
    return first <= day <= last and not excepted


def in_scope(rule, contacts):
    """The contacts that a rule counts."""
    for scope, column in SCOPES.items():
        if scope in rule:
            contacts = contacts[contacts[column].isin(rule[scope])]
    return contacts[~contacts.offer_id.isin(rule.get("except", ()))]


def over_the_cap(rule, earlier, night):
    """Customers whom a contact of the night takes over a cap; every customer of the demo is a household of its own."""
    day = night.day.iloc[0]
    window = earlier[(earlier.day > day - rule["days"] * DAY) & (earlier.day < day)]
    counted = in_scope(rule, pd.concat([window, night]))
    keys = ["customer_id", *([SAME[rule["same"]]] if "same" in rule else [])]
    size = counted.groupby(keys)["day"].transform("size")
    most = rule["max_contacts"]
    if isinstance(most, pd.Series):  # one of each customer
        most = counted.customer_id.map(most)
    return set(counted[(size > most) & (counted.day == day)].customer_id)


def within_the_pause(rule, answers, night):
    """Customers who get something although so many answers of theirs lie so near to one another, and to the night."""
    day = night.day.iloc[0]
    paused = set()
    of_outcome = answers[(answers.outcome == rule["after"]["outcome"]) & (answers.day < day)]
    for customer, days in of_outcome.groupby("customer_id").day:
        in_order = sorted(days)
        for first, last in zip(in_order, in_order[rule["after"].get("times", 1) - 1 :], strict=False):
            if last - first < rule["after"]["days"] * DAY and last > day - rule["pause_days"] * DAY:
                paused.add(customer)
    return paused & set(night.customer_id)


def without_an_answer(rule, earlier, answers, night):
    """Customers who get something although their last contacts, near one another and the night, got no answer."""
    day, needed = night.day.iloc[0], rule["after"]["no_response_to"]
    sent, silent = in_scope(rule, earlier[earlier.day < day]), set()
    for customer, days in sent.groupby("customer_id").day:
        last = sorted(days)[-needed:]
        answered = answers[(answers.customer_id == customer) & (answers.day >= last[0]) & (answers.day < day)]
        is_near = last[-1] - last[0] < rule["after"]["days"] * DAY and last[-1] > day - rule["pause_days"] * DAY
        if len(last) == needed and is_near and answered.empty:
            silent.add(customer)
    return silent & set(in_scope(rule, night).customer_id)


def against_a_combination(rule, earlier, night):
    """Customers whose offer of the night is excluded, or not yet allowed, by what they were sent before."""
    day = night.day.iloc[0]
    had = earlier[earlier.day < day].merge(night, on="customer_id", suffixes=("_before", ""))
    if "never_together" in rule:
        both = had.offer_id.isin(rule["never_together"]) & had.offer_id_before.isin(rule["never_together"])
        return set(had[both & (had.offer_id != had.offer_id_before)].customer_id)
    meant = night[night.offer_id.isin(rule["offers"])]
    named = had[had.offer_id_before.isin(rule.get("after") or rule["only_after"])]
    if "only_after" in rule:
        return set(meant.customer_id) - set(named.customer_id)
    near = named[named.day_before >= day - rule["not_within_days"] * DAY]
    return set(meant.customer_id) & set(near.customer_id)


def against(rule, earlier, answers, night):
    """Customers for whom the night breaks a cap or a pause."""
    if "after" not in rule:
        return over_the_cap(rule, earlier, night)
    if "no_response_to" in rule["after"]:
        return without_an_answer(rule, earlier, answers, night)
    return within_the_pause(rule, answers, night)


def breaches(policy, earlier, answers, night, segments=None):
    """Name of a rule of the contact policy -> customers for whom the night breaks it.

    Args:
        segments: name -> the customers who are in it.
    """
    combinations, broken_by = policy.get("combinations", ()), {}
    for rule in (*policy["contact_policy"], *combinations):
        bound = night
        if "segments" in rule:
            bound = night[night.customer_id.isin(set().union(*(segments[name] for name in rule["segments"])))]
        if len(bound) and holds_on(rule, bound.day.iloc[0]):
            if rule in combinations:
                broken_by[rule["name"]] = against_a_combination(rule, earlier, bound)
            else:
                broken_by[rule["name"]] = against(rule, earlier, answers, bound)
    return {name: customers for name, customers in broken_by.items() if customers}
