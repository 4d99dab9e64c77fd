"""The recount of the contact policy sees what breaks each kind of rule."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

import conf
from tests.nights.recount import DAY, against_a_combination, breaches, within_the_pause, without_an_answer

POLICY = yaml.safe_load((Path(conf.__path__[0]) / "demo/policy.yaml").read_text())
FIRST = pd.Timestamp("2017-11-06")


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
    night = contacts("ann butcher direct_mail 12")
    assert breaches(policy, contacts(earlier), None, night) == broken


@pytest.mark.parametrize(
    ("days", "is_broken"), [((1, 4, 11), True), ((1, 4, 5), False), ((11, 11, 11), True), ((11, 11), False)]
)
def test_the_recount_sees_what_breaks_a_pause(days, is_broken):
    (rule,) = (rule for rule in POLICY["contact_policy"] if "after" in rule)
    answers = pd.DataFrame({"customer_id": "ann", "outcome": "redeemed", "day": [FIRST + (n - 6) * DAY for n in days]})
    assert bool(within_the_pause(rule, answers, contacts("ann butcher email 12"))) is is_broken


@pytest.mark.parametrize(
    ("days", "answered_on", "is_broken"),
    [
        ((3, 5), 2, True),
        ((3, 5), 3, False),  # on the day of the first
        ((5,), 2, False),
        ((2, 5), 1, False),  # four days with both ends
        ((2, 4), 1, False),  # the pause of eight days began on the fourth
        ((1, 4, 5), 3, True),
    ],
)
def test_the_recount_sees_what_goes_out_after_too_long_a_silence(days, answered_on, is_broken):
    rule = {"after": {"no_response_to": 2, "days": 3}, "pause_days": 8, "except": ["bakery"]}
    earlier = contacts("\n".join(["ann bakery email 10", *(f"ann fish email 0{day}" for day in days)]))
    answers = pd.DataFrame({"customer_id": ["ann"], "day": [FIRST + (answered_on - 6) * DAY]})
    assert bool(without_an_answer(rule, earlier, answers, contacts("ann butcher email 12"))) is is_broken


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
