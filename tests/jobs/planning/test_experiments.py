"""Control arms and exploration: who is kept back, what is drawn, with which chance."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from jobs.core.draws import is_drawn
from jobs.planning.night_plan import plan_night

AS_OF = date(2024, 7, 1)
OFFERS = """\
id,name,objective,category,margin,incentive_cost,valid_from,valid_to,channels
card,Card,cross_sell,,1,0,2024-01-01,2024-12-31,email letter
gift,Gift,loyalty,,1,0,2024-01-01,2024-12-31,email letter
"""
POLICY = """\
value: {cross_sell: "1", loyalty: "1", retention: "1"}
contact_policy: [HOME]
limits:
  - {name: letters, count: contacts, where: {channel: [letter]}, max: 10}
  - {name: emails, count: contacts, where: {channel: [email]}, max: 120}
  - {name: budget, sum: cost, max: 1000}
EXPERIMENTS
"""
CUSTOMERS = 200
CONTROL = "control: {share: 0.25, salt: env:SALT, offers: {id: [card]}}"
EXPLORATION = "exploration: {share: 0.2, salt: env:SALT}"


@pytest.fixture
def settings(deploy, monkeypatch):
    monkeypatch.setenv("SALT", "sea")

    def make(*experiments, home=""):
        text = POLICY.replace("EXPERIMENTS", "\n".join(experiments)).replace("HOME", home)
        return deploy(offers=OFFERS, policy=text)

    return make


def candidates(customers=CUSTOMERS, members=1):
    """Everybody may get the card (worth 5 to 25) or the gift (worth 3), each by email or by letter."""
    rows = [
        {
            "customer_id": f"c{who:03}",
            "household_id": f"h{who // members:03}",
            "offer_id": offer,
            "channel": channel,
            "value": (5_000_000 + who * 100_000) if offer == "card" else 3_000_000,
            "cost": 1_000_000 if channel == "email" else 1_500_000,
        }
        for who in range(customers)
        for offer in ("card", "gift")
        for channel in ("email", "letter")
    ]
    return pa.Table.from_pylist(rows)


def rows_by(night_plan, *chosen_by):
    return [row for row in night_plan.rows.to_pylist() if row["chosen_by"] in chosen_by]


def test_a_control_arm_is_kept_back_and_leaves_its_capacity_to_others(settings):
    without = plan_night(candidates(), settings(), AS_OF)
    night_plan = plan_night(candidates(), settings(CONTROL), AS_OF)
    planned = {row["customer_id"] for row in without.rows.to_pylist()}
    control = {row["customer_id"] for row in rows_by(night_plan, "control")}
    sent = {row["customer_id"] for row in rows_by(night_plan, "plan")}
    assert len(planned) == len(sent) == 130  # ten letters and 120 emails, with and without a control group
    assert control < planned
    assert 15 < len(control) < 50  # about a quarter of 130
    assert not control & sent
    assert {row["offer_id"] for row in rows_by(night_plan, "control")} == {"card"}  # the gift has no arm


def test_the_arms_are_the_same_customers_every_night(settings):
    nights = [plan_night(candidates(), settings(CONTROL), AS_OF + timedelta(days=days)) for days in (0, 1)]
    first, second = ({row["customer_id"] for row in rows_by(night, "control")} for night in nights)
    assert first == second


def test_nobody_of_an_arm_gets_its_offer_on_second_thought_either(settings):
    ids = np.array([f"c{who:03}" for who in range(CUSTOMERS)], dtype=object)
    arm = set(ids[is_drawn(ids, share=0.25, salt=b"sea", purpose="control arm of card")])
    night_plan = plan_night(candidates(), settings(CONTROL), AS_OF)
    assert {row["customer_id"] for row in rows_by(night_plan, "control")} <= arm
    assert not arm & {row["customer_id"] for row in rows_by(night_plan, "plan") if row["offer_id"] == "card"}


def test_exploration_sends_what_it_drew_within_the_limits(settings):
    night_plan = plan_night(candidates(), settings(EXPLORATION), AS_OF)
    drawn = rows_by(night_plan, "exploration")
    assert 20 < len(drawn) < 60  # about a fifth of 200
    assert {row["channel"] for row in drawn} == {"email"}  # forty letters would be more than the ten there are
    assert Counter(row["offer_id"] for row in drawn)["gift"] > 5
    assert not {row["customer_id"] for row in drawn} & {row["customer_id"] for row in rows_by(night_plan, "plan")}
    uses = {limit.name: limit.use for limit in night_plan.plan.limits}
    assert uses == {"letters": 10, "emails": 120, "budget": uses["budget"]}
    without = plan_night(candidates(), settings(), AS_OF)
    assert night_plan.without_experiments == without.plan.value > night_plan.plan.value


def test_another_night_draws_others(settings):
    nights = [plan_night(candidates(), settings(EXPLORATION), AS_OF + timedelta(days=days)) for days in (0, 1)]
    first, second = ({row["customer_id"] for row in rows_by(night, "exploration")} for night in nights)
    assert len(first & second) < len(first) / 2


def test_the_probabilities_are_those_with_which_offers_come_out(settings):
    """Over many nights of draws, how often each candidate of one customer comes out is what its probability says."""
    few, nights = candidates(customers=4), 150
    frequency, stated = Counter(), {}
    for days in range(nights):
        night_plan = plan_night(few, settings(EXPLORATION), AS_OF + timedelta(days=days))
        for row in night_plan.rows.to_pylist():
            key = (row["customer_id"], row["offer_id"], row["channel"])
            frequency[key] += 1
            stated[key] = row["probability"]
    by_customer = Counter()
    for (customer, *_), probability in stated.items():
        by_customer[customer] += probability
    for key, probability in stated.items():
        spread = np.sqrt(probability * (1 - probability) / nights)
        assert abs(frequency[key] / nights - probability) < 5 * spread
    assert max(abs(total - 1) for total in by_customer.values()) < 1e-9  # every candidate came out at least once


def test_what_was_drawn_by_exploration_is_not_kept_back(settings):
    both = plan_night(candidates(), settings(CONTROL, EXPLORATION), AS_OF)
    explored, control = ({row["customer_id"] for row in rows_by(both, by)} for by in ("exploration", "control"))
    assert explored
    assert control
    assert not explored & control
    assert {tuple(candidate) for candidate in both.proof["explored"]} == {
        (row["customer_id"], row["offer_id"], row["channel"]) for row in rows_by(both, "exploration")
    }


def test_a_household_is_treated_as_one_where_the_plan_counts_households(settings):
    home = "{name: home, max_contacts: 1, days: 1, per: household}"
    night_plan = plan_night(candidates(members=2), settings(CONTROL, EXPLORATION, home=home), AS_OF)
    homes = Counter(int(row["customer_id"][1:]) // 2 for row in night_plan.rows.to_pylist())
    assert max(homes.values()) == 1
    assert rows_by(night_plan, "exploration")
    assert rows_by(night_plan, "control")
