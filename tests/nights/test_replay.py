"""Nights in a row, recounted from raw inputs and published files alone: plain pandas, nothing of ours.

Three of them, seven by `make test-full`.
"""

import hmac
import json
import os
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
import yaml

import conf

DEMO = Path(conf.__path__[0]) / "demo"
POLICY = yaml.safe_load((DEMO / "policy.yaml").read_text())
OFFERS = pd.read_csv(DEMO / "offers.csv").set_index("id")
NIGHTS = 7 if os.environ.get("ONEOFFER_TIER") == "full" else 3
DAYS = pd.date_range("2017-11-06", periods=NIGHTS)
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


def contacts(text):
    """Contacts drawn as lines of customer, offer, channel and day of November."""
    rows = [line.split() for line in text.strip().splitlines()]
    frame = pd.DataFrame(rows, columns=["customer_id", "offer_id", "channel", "day"])
    return frame.assign(day=pd.to_datetime("2017-11-" + frame.day), objective="cross_sell")


@pytest.mark.parametrize(
    ("earlier", "broken"),
    [
        ("ann flowers email 06 \n ann bakery email 11", {"weekly": {"ann"}}),
        ("ann flowers email 05 \n ann bakery email 11", {}),  # the fifth is the eighth day
        ("ann letters direct_mail 01", {"a letter a fortnight": {"ann"}}),
        ("bob letters direct_mail 01", {}),
        ("ann butcher direct_mail 01", {"a letter a fortnight": {"ann"}, "no nagging": {"ann"}}),
        ("ann butcher sms 01", {"no nagging": {"ann"}}),
    ],
)
def test_the_recount_sees_what_breaks_a_cap(earlier, broken):
    policy = {"contact_policy": [rule for rule in POLICY["contact_policy"] if "after" not in rule]}
    tonight = contacts("ann butcher direct_mail 12")
    assert breaches(policy, contacts(earlier), None, tonight) == broken


@pytest.mark.parametrize(
    ("days", "is_broken"), [((1, 4, 11), True), ((1, 4, 5), False), ((11, 11, 11), True), ((11, 11), False)]
)
def test_the_recount_sees_what_breaks_a_pause(days, is_broken):
    (rule,) = (rule for rule in POLICY["contact_policy"] if "after" in rule)
    answers = pd.DataFrame(
        {"customer_id": "ann", "outcome": "redeemed", "day": [DAYS[0] + (n - 6) * DAY for n in days]}
    )
    assert bool(within_the_pause(rule, answers, contacts("ann butcher email 12"))) is is_broken


@pytest.mark.parametrize(
    ("rule", "earlier", "is_broken"),
    [
        ({"never_together": ["deli", "fish"]}, "ann fish email 01", True),
        ({"never_together": ["deli", "fish"]}, "ann deli email 01", False),
        ({"offers": ["deli"], "after": ["fish"], "not_within_days": 3}, "ann fish email 09", True),
        ({"offers": ["deli"], "after": ["fish"], "not_within_days": 3}, "ann fish email 08", False),
        ({"offers": ["deli"], "only_after": ["fish"]}, "bob fish email 01", True),
        ({"offers": ["deli"], "only_after": ["fish"]}, "ann fish email 01", False),
    ],
)
def test_the_recount_sees_what_breaks_a_combination(rule, earlier, is_broken):
    assert bool(against_a_combination(rule, contacts(earlier), contacts("ann deli email 12"))) is is_broken


@pytest.fixture(scope="module")
def settings():
    """A lake and an output of the replay's own; the models are the demo's."""
    own = [f"deployment.{name}=work/replay/{name}" for name in ("lake", "output")]
    return [word for one in own for word in ("--set", one)]


@pytest.fixture(scope="module")
def nights(demo, settings):
    """Date -> the committed set of its night."""
    span = ["--from", f"{DAYS[0]:%F}", "--to", f"{DAYS[-1]:%F}"]
    rows = json.loads(demo.must("replay", "--conf", str(DEMO), *span, "--json", *settings))
    assert [row["date"] for row in rows] == [f"{day:%F}" for day in DAYS]
    sets = {day: list((demo.folder / "work/replay/output" / f"{day:%F}").glob("set-*")) for day in DAYS}
    return {day: one for day, (one,) in sets.items()}


@pytest.fixture(scope="module")
def decisions(nights):
    return {day: pd.read_parquet(folder / "decisions.parquet") for day, folder in nights.items()}


@pytest.fixture(scope="module")
def sent(nights):
    """What the channels' files of all nights say is sent."""
    rows = [
        pd.read_csv(path, dtype=str).assign(day=day)
        for day, folder in nights.items()
        for path in (folder / f"{channel}.csv" for channel in ("email", "sms", "direct_mail", "call_centre"))
    ]
    return pd.concat(rows).join(OFFERS.objective, on="offer_id")[
        ["customer_id", "offer_id", "channel", "day", "objective"]
    ]


@pytest.fixture(scope="module")
def raw(demo):
    def read(name, **columns):
        frame = pd.read_parquet(demo.folder / "work/demo/sources" / f"{name}.parquet").rename(columns=columns)
        frame["customer_id"] = frame.household_id.astype(str)
        return frame.assign(day=pd.to_datetime(frame.day)) if "day" in frame else frame

    return read


@pytest.fixture(scope="module")
def of_others(raw, sent):
    """The contacts of other systems."""
    found = raw("contacts", start_date="day", campaign_id="offer_id").assign(channel="direct_mail", objective=None)
    return found[sent.columns].astype({"offer_id": str})


@pytest.fixture(scope="module")
def earlier(of_others, sent):
    """Every contact there ever was: of other systems, and of all nights."""
    return pd.concat([of_others, sent])


@pytest.fixture(scope="module")
def answers(raw):
    return raw("responses", redemption_date="day").assign(outcome="redeemed")


@pytest.mark.slow
def test_no_night_breaks_the_contact_policy(earlier, answers, sent):
    assert set(sent.day) == set(DAYS)
    for _day, tonight in sent.groupby("day"):
        assert tonight.customer_id.is_unique
        assert breaches(POLICY, earlier, answers, tonight) == {}


@pytest.mark.slow
def test_a_night_that_is_sent_twice_would_be_seen(earlier, answers, sent):
    first, second = (sent[sent.day == day] for day in DAYS[:2])
    again = pd.concat([second, first.assign(day=DAYS[1])])
    assert set(breaches(POLICY, earlier, answers, again)) >= {"no nagging", "one a household"}


@pytest.mark.slow
def test_the_contact_policy_binds_because_of_our_own_nights(of_others, decisions, sent):
    first, last = (decisions[day].set_index("customer_id") for day in (DAYS[0], DAYS[-1]))
    recent = set(of_others.customer_id[of_others.day > DAYS[-1] - 7 * DAY])
    twice = sent.groupby("customer_id").size().loc[lambda sizes: sizes == 2].index
    capped = last.loc[twice.difference(recent)].query("status == 'capped'")
    assert (first.status[capped.index] != "capped").any()
    assert capped.reasons.map(lambda reasons: "contact_policy: weekly" in reasons).all()


@pytest.mark.slow
def test_nobody_is_contacted_who_objected_or_is_held_out(raw, decisions, sent):
    consents = raw("consents")
    objectors = set(consents.customer_id[(consents.channel == "*") & ~consents.is_allowed])
    share = int(POLICY["holdout"]["share"] * 2**64)
    held_out = {
        one
        for one in raw("customers").customer_id
        if int.from_bytes(hmac.new(b"oneoffer-demo", one.encode(), sha256).digest()[:8], "big") < share
    } - objectors
    assert objectors
    assert not (objectors | held_out) & set(sent.customer_id)
    for rows in decisions.values():
        assert set(rows.customer_id[rows.status == "holdout"]) == held_out
        assert set(rows.customer_id[rows.status == "objector"]) == objectors


@pytest.mark.slow
def test_every_limit_holds_in_every_night(decisions):
    for day, rows in decisions.items():
        offered = rows[rows.status == "offered"].join(OFFERS.objective, on="offer_id")
        for limit in (limit for limit in POLICY["limits"] if holds_on(limit, day)):
            counted = offered
            for column, values in (limit.get("where") or {}).items():
                counted = counted[counted[{"offer": "offer_id"}.get(column, column)].isin(values)]
            above, below = Decimal(len(counted)), Decimal(1)
            if "sum" in limit:
                above = counted[limit["sum"]].sum()
            elif "ratio" in limit:
                above, below = (counted[column].sum() for column in limit["ratio"])
            if "max" in limit:
                assert above <= Decimal(str(limit["max"])) * below, (day, limit["name"])
            if "min" in limit and "shortfall_price" not in limit:
                assert above >= Decimal(str(limit["min"])) * below, (day, limit["name"])


@pytest.mark.slow
def test_every_customer_has_one_decision_every_night(raw, decisions):
    population = sorted(raw("customers").customer_id)
    assert all(sorted(rows.customer_id) == population for rows in decisions.values())


@pytest.mark.slow
def test_a_changed_rule_shows_in_the_explanation(demo, nights, settings):
    on = ["--conf", str(DEMO), "--as-of", f"{DAYS[0]:%F}", *settings]
    candidates = pd.read_parquet(demo.folder / "work/replay/lake/candidates" / f"as_of={DAYS[0]:%F}")
    customer, channel = candidates[candidates.offer_id == "points_day"].iloc[0][["customer_id", "channel"]]

    def blocks():
        options = json.loads(demo.must("explain", customer, *on, "--json"))["options"]
        (own,) = (one for one in options if (one["offer_id"], one["channel"]) == ("points_day", channel))
        return own.get("blocks")

    assert blocks() is None
    demo.must("build_candidates", *on, "--set", "policy.rules.points are for regulars.only_when=baskets_90d >= 1000")
    assert blocks() == [{"stage": "rules", "reason": "points are for regulars"}]
