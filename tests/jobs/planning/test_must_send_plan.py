"""Must-sends in the plan: as many as the limits let go, then what is worth the most."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from conf.micros import MICROS
from expectations.audit.must_sends import most_that_go
from jobs.planning.must_send_plan import MUST_SEND, is_must_send, most_must_sends
from jobs.planning.night_plan import plan_night
from optimization import Infeasible, NoPlanInTime, solve
from optimization.plan import Plan, Status

AS_OF = date(2024, 7, 1)
OFFERS = """\
id,name,objective,category,margin,incentive_cost,valid_from,valid_to,channels,must_send
card,A card,cross_sell,,1,0,2024-01-01,2024-12-31,email letter,
expired,Your card expires,retention,,0,0,2024-01-01,2024-12-31,email letter,TRUE
over,A notice of last year,retention,,0,0,2023-01-01,2023-12-31,email,TRUE
"""
POLICY = """\
value: {cross_sell: "1", retention: "1"}
contact_policy: []
limits:
  - {name: emails, count: contacts, where: {channel: [email]}, max: 2}
  - {name: card wish, count: contacts, where: {offer: [card]}, min: 2, shortfall_price: 100}
EXPERIMENTS
"""
CANDIDATES = """
    customer_id | household_id | offer_id | channel | value | cost
    ann         | ann          | expired  | email   | 0     | 1
    bob         | bob          | expired  | email   | 0     | 2
    cat         | cat          | expired  | email   | 1     | 1
    dan         | dan          | card     | email   | 50    | 1
    eve         | eve          | card     | letter  | 1     | 2
"""


@pytest.fixture
def settings(deploy, monkeypatch):
    monkeypatch.setenv("SALT", "sea")
    return lambda *experiments: deploy(offers=OFFERS, policy=POLICY.replace("EXPERIMENTS", "\n".join(experiments)))


def test_must_sends_take_the_capacity_first_and_of_them_those_worth_the_most(settings, table):
    tonight = plan_night(table(CANDIDATES), settings(), AS_OF)
    sent = [(row["customer_id"], row["offer_id"]) for row in tonight.rows.to_pylist()]
    assert sent == [("ann", "expired"), ("cat", "expired"), ("eve", "card")]  # whatever the wish for cards costs
    facts = tonight.proof[MUST_SEND]
    assert (facts["due"], facts["planned"], facts["at_most"]) == (3, 2, 2)
    assert [limit.name for limit in tonight.plan.limits] == ["emails", "card wish"]


def test_where_none_is_due_the_plan_is_as_ever(settings, table):
    cards = table(CANDIDATES).slice(3)
    tonight = plan_night(cards, settings(), AS_OF)
    assert tonight.rows["customer_id"].to_pylist() == ["dan", "eve"]
    assert tonight.proof[MUST_SEND] == {"due": 0, "planned": 0, "at_most": 0, "prices": [], "tree": []}


def test_no_arm_keeps_a_must_send_back_and_no_draw_replaces_it(settings):
    rows = [
        {"customer_id": f"c{who}", "household_id": f"c{who}", "offer_id": offer, "channel": "letter", "value": MICROS}
        for who in range(60)
        for offer in (("expired",) if who < 30 else ("card", "expired")[:1])
    ]
    candidates = pa.Table.from_pylist([row | {"cost": 0} for row in rows])
    experiments = ("control: {share: 0.5, salt: env:SALT}", "exploration: {share: 0.5, salt: env:SALT}")
    sent = {row["customer_id"]: row for row in plan_night(candidates, settings(*experiments), AS_OF).rows.to_pylist()}
    must = [sent[f"c{who}"] for who in range(30)]
    assert {(row["offer_id"], row["chosen_by"], row["probability"]) for row in must} == {("expired", "plan", 1.0)}
    assert {row["chosen_by"] for row in sent.values()} == {"plan", "control", "exploration"}


def test_what_is_drawn_leaves_the_capacity_that_must_sends_need(settings):
    rows = [(f"m{number}", "expired", "email") for number in range(2)]  # the policy has two e-mails
    rows += [(f"c{number}", "card", channel) for number in range(40) for channel in ("email", "letter")]
    names = ("customer_id", "offer_id", "channel")
    money = {"value": MICROS, "cost": 0}
    candidates = pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) | {"household_id": row[0]} | money for row in rows]
    )
    tonight = plan_night(candidates, settings("exploration: {share: 0.5, salt: env:SALT}"), AS_OF)
    assert tonight.proof[MUST_SEND]["planned"] == 2
    drawn = [row["channel"] for row in tonight.rows.to_pylist() if row["chosen_by"] == "exploration"]
    assert len(drawn) > 5
    assert set(drawn) == {"letter"}


def test_what_was_not_proven_in_time_is_stated(settings, table, monkeypatch):
    def out_of_time(problem, limits, **_):
        plan = solve(problem, limits)
        late = Plan(Status.NO_PLAN_IN_TIME, plan.chosen, True, plan.value, 3 * MICROS, (), proof=plan.proof)
        raise NoPlanInTime(late, Decimal(0))

    monkeypatch.setattr("jobs.planning.must_send_plan.solve", out_of_time)
    facts = plan_night(table(CANDIDATES), settings(), AS_OF).proof[MUST_SEND]
    assert (facts["due"], facts["planned"], facts["at_most"]) == (3, 2, 3)


def most_by_trying(oracle, night, limit):
    """The largest number of must-sends that any plan holds; None: there is no plan."""
    wanted = lambda number: limit("must", count="contacts", where={MUST_SEND: [True]}, min=number)  # noqa: E731
    holds = [
        n
        for n in range(6)
        if oracle(night.table, [*night.limits, wanted(n)], night.max_per_household).worth is not None
    ]
    return max(holds, default=None)


@pytest.mark.parametrize("seeds", [range(40), pytest.param(range(40, 600), marks=pytest.mark.full)], ids=str)
def test_small_nights_send_as_many_as_by_trying_every_plan(settings, random_night, oracle, limit, seeds):
    held_back = 0
    for seed in seeds:
        drawn = random_night(seed)
        is_must = is_must_send(drawn.table, ["offer0"])
        night = type(drawn)(
            drawn.table.append_column(MUST_SEND, pa.array(is_must)), drawn.limits, drawn.max_per_household
        )
        most = most_by_trying(oracle, night, limit)
        try:
            first = most_must_sends(night.problem(), is_must, night.limits, settings())
        except Infeasible:
            assert most is None
            continue
        if first.plan is None:
            assert most in (0, None)
            continue
        assert (first.planned, first.at_most) == (most, most)
        held_back += most < first.due
        plan = solve(night.problem(), [*night.limits, *first.demands], max_gap=Decimal(0))
        assert int(is_must[plan.chosen].sum()) >= most
        assert plan.value == oracle(night.table, [*night.limits, *first.demands], night.max_per_household).worth
        limits = [limit.model_dump(mode="json", exclude_none=True) for limit in night.limits]
        proof = {"max_per_household": night.max_per_household, MUST_SEND: first.stated()}
        assert most_that_go(night.table, limits, proof) == most
    assert held_back > len(seeds) / 20
