"""Families of hard problems with a few hundred customers: both engines solve them, and their bounds agree."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pytest

from conf.micros import MICROS
from optimization import Infeasible, Limit, Problem, solve
from optimization import solver as solving
from optimization.certificate import recount

CUSTOMERS = 400
MAX_GAP = 2e-3  # the gap that a few hundred customers leave between any plan and the relaxation


@dataclass(frozen=True)
class Family:
    problem: Problem
    limits: list[Limit]


def drawn(
    seed: int, offers: int, channels: int, *, share=0.6, granularity=1e-6, is_equal=False, costs_differ=False, **more
):
    pick = np.random.default_rng(seed)
    options = offers * channels
    kept = np.flatnonzero(pick.random(CUSTOMERS * options) < share)
    who, offer, channel = kept // options, kept % options // channels, kept % channels
    value = (
        pick.gamma(2, 2, CUSTOMERS)[who]
        * pick.uniform(0.5, 2, options)[kept % options]
        * pick.uniform(0.5, 1.5, len(kept))
    )
    cost = (
        0.1
        + 0.5 * channel
        + (pick.uniform(0, 1, len(kept)) if costs_differ else pick.uniform(0, 1, options)[kept % options])
    )
    if is_equal:
        value, cost = np.full(len(kept), 5.0), np.full(len(kept), 1.0)
    columns = {
        "customer_id": [f"c{k}" for k in who],
        "offer_id": [f"o{k}" for k in offer],
        "channel": [f"h{k}" for k in channel],
        "value": np.rint(np.round(value / granularity) * granularity * MICROS).astype(np.int64),
        "cost": np.rint(np.round(cost, 2) * MICROS).astype(np.int64),
        "household_id": [f"h{k // more['members']}" for k in who] if "members" in more else ["none"] * len(kept),
    }
    return Problem.from_table(pa.table(columns), max_per_household=more.get("max_per_household"))


def limits(*stated) -> list[Limit]:
    return [Limit.model_validate({"name": f"l{k}", **settings}) for k, settings in enumerate(stated)]


BUDGET = {"sum": "cost", "max": 100}
FEW_SECOND = {"count": "contacts", "where": {"channel": ["h1"]}, "max": 20}
MANY_FIRST = {"count": "contacts", "where": {"offer": ["o0"]}, "min": 80}
FAMILIES = {
    "two offers": lambda: Family(drawn(1, 2, 1), limits(BUDGET, MANY_FIRST)),
    "thousands of offers": lambda: Family(
        drawn(2, 3_000, 1, share=0.004),
        limits(BUDGET, *({"count": "contacts", "where": {"offer": [f"o{k}"]}, "max": 1} for k in range(30))),
    ),
    "costs per candidate": lambda: Family(drawn(3, 6, 2, costs_differ=True), limits(BUDGET, FEW_SECOND, MANY_FIRST)),
    "all values equal": lambda: Family(drawn(4, 5, 2, is_equal=True), limits(BUDGET, FEW_SECOND, MANY_FIRST)),
    "quantised scores": lambda: Family(drawn(5, 5, 2, granularity=2.0), limits(BUDGET, FEW_SECOND, MANY_FIRST)),
    "one giant household": lambda: Family(
        drawn(6, 5, 2, members=CUSTOMERS, max_per_household=60), limits(BUDGET | {"max": 20}, FEW_SECOND)
    ),
    "households of three": lambda: Family(
        drawn(7, 5, 2, members=3, max_per_household=1), limits(BUDGET | {"max": 40}, FEW_SECOND)
    ),
    "minima that almost conflict": lambda: Family(
        drawn(8, 3, 1, share=1.0),
        limits(MANY_FIRST | {"min": 200}, MANY_FIRST | {"where": {"offer": ["o1"]}, "min": 199}),
    ),
    "a budget below every cost": lambda: Family(drawn(9, 5, 2), limits(BUDGET | {"max": "0.05"})),
    "a ratio floor": lambda: Family(
        drawn(10, 5, 2, costs_differ=True), limits({"ratio": ["value", "cost"], "min": "25"}, MANY_FIRST)
    ),
    "soft minima": lambda: Family(
        drawn(11, 5, 2), limits(BUDGET, MANY_FIRST | {"min": 250, "shortfall_price": "0.5"}, FEW_SECOND)
    ),
}


def check(family: Family) -> None:
    """Both engines keep every limit, reach the gap, and their values and bounds fit together."""
    plans = {name: solve(family.problem, family.limits, engine=name, max_gap=MAX_GAP) for name in ("exact", "prices")}
    for plan in plans.values():
        counted = recount(family.problem, family.limits, plan.chosen)
        assert counted.breaches == ()
        assert counted.value == plan.value
        assert plan.gap <= MAX_GAP
    assert max(plan.value for plan in plans.values()) <= min(plan.bound for plan in plans.values())


@pytest.mark.parametrize("name", FAMILIES)
def test_both_engines_solve_the_family(name):
    check(FAMILIES[name]())


def test_one_contact_more_and_the_minima_conflict():
    family = FAMILIES["minima that almost conflict"]()
    tighter = [family.limits[0], family.limits[1].model_copy(update={"min": 201})]
    for engine in ("exact", "prices"):
        with pytest.raises(Infeasible, match="together: l0, l1"):
            solve(family.problem, tighter, engine=engine)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_limit_that_gets_lost_is_caught_in_every_family(name, monkeypatch):
    real = solving.compile_program
    monkeypatch.setattr(solving, "compile_program", lambda problem, stated: real(problem, stated[1:]))
    with pytest.raises(AssertionError):
        check(FAMILIES[name]())


def test_values_that_are_halved_are_caught(monkeypatch):
    real = solving.compile_program

    def halved(problem, stated):
        program = real(problem, stated)
        return replace(program, net=program.net // 2)

    monkeypatch.setattr(solving, "compile_program", halved)
    with pytest.raises(AssertionError):
        check(FAMILIES["two offers"]())
