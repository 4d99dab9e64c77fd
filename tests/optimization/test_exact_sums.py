"""Amounts up to the largest that are admitted are added up exactly, by the optimizer and by the auditor."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.audit import proof as audit
from expectations.audit.proof import proven_bound
from optimization import Infeasible, Limit, NoPlanInTime, Problem, bound, solve
from optimization.certificate import recount
from optimization.compilation import FEWEST, LARGEST, compile_program
from optimization.errors import BadInput
from optimization.exact_sums import CHUNK, exact_sum
from optimization.plan import Status, exact_gap
from optimization.solver import status_of

INT64 = st.integers(-(2**63), 2**63 - 1)
CUSTOMERS = st.sampled_from([1, 2, 3, 4, 5, 4_095, 4_096, 5_000])


@given(amounts=st.lists(INT64, max_size=5), times=st.sampled_from([1, CHUNK - 1, CHUNK]))
def test_a_sum_is_that_of_whole_numbers_whatever_the_amounts(amounts, times):
    repeated = np.tile(np.array(amounts, dtype=np.int64), times)
    assert exact_sum(repeated) == audit._sum(repeated) == sum(amounts) * times


@st.composite
def nights(draw) -> tuple[pa.Table, list[Limit], int | None, int]:
    """Two candidates each for many alike customers, worth nearly the largest that is admitted.

    Returns:
        The candidates, perhaps a limit on contacts, perhaps one of a household of two, and the worth of the best plan.
    """
    customers = draw(CUSTOMERS)
    most = (LARGEST - 1) // max(customers, FEWEST)
    cost = draw(st.integers(0, most // 3))
    value = most - cost - draw(st.integers(0, 1_000))
    second = draw(st.integers(-value, value))
    who = [f"c{number}" for number in range(customers)] * 2
    amounts = np.repeat([value, second], customers), np.repeat([cost, cost // 2], customers)
    table = pa.table(
        {
            "customer_id": who,
            "household_id": [f"h{number // 2}" for number in range(customers)] * 2,
            "offer_id": np.repeat(["dear", "cheap"], customers),
            "channel": ["sms"] * len(who),
            "value": pa.array(amounts[0], pa.int64()),
            "cost": pa.array(amounts[1], pa.int64()),
        }
    )
    each = max(value - cost, second - cost // 2, 0)
    per_household = draw(st.sampled_from([None, 1]))
    reached = customers if per_household is None else (customers + 1) // 2
    limits = []
    if draw(st.booleans()):
        most_contacts = draw(st.integers(0, customers))
        reached = min(reached, most_contacts)
        limits = [Limit(name="some", count="contacts", max=most_contacts)]
    return table, limits, per_household, each * reached


def solved(table, limits, engine, per_household=None):
    try:
        problem = Problem.from_table(table, max_per_household=per_household)
        return solve(problem, limits, engine=engine, max_gap=0, time_limit_seconds=60)
    except NoPlanInTime as error:
        return error.plan


@pytest.mark.parametrize("engine", ["exact", "prices"])
@settings(max_examples=12, deadline=None)
@given(night=nights())
def test_plan_and_bound_are_exact_at_the_largest_amounts(engine, night):
    table, limits, per_household, best = night
    plan = solved(table, limits, engine, per_household)
    assert plan.value == best
    counted = recount(Problem.from_table(table), limits, plan.chosen)
    value, cost = table["value"].to_pylist(), table["cost"].to_pylist()
    assert counted.value == plan.value == sum(value[k] - cost[k] for k in plan.chosen.tolist())
    assert plan.bound >= best
    plain = [limit.model_dump(mode="json", exclude_none=True) for limit in limits]
    proven = proven_bound(table, plain, plan.proof, plan.value)
    assert best <= proven <= plan.bound


def many_rich_customers() -> tuple[pa.Table, int]:
    """Customers who gain 20 million units each: on the grid of the bound, more than int64 holds."""
    customers = 4_096
    worth = 20_000_000 * 1_000_000
    ids = {"customer_id": [f"c{number}" for number in range(customers)], "offer_id": ["gift"] * customers}
    money = {name: pa.array([amount] * customers, pa.int64()) for name, amount in (("value", worth), ("cost", 0))}
    return pa.table(ids | {"channel": ["sms"] * customers} | money), worth * customers


def sum_of_chunks(gains) -> int:
    """The sum as it once was: chunks of int64."""
    return sum(int(chunk.sum()) for chunk in np.array_split(gains, 1 + len(gains) // 2**12))


def test_a_sum_that_overflows_is_caught_by_optimizer_and_auditor(monkeypatch):
    table, worth = many_rich_customers()
    plan = solved(table, [], "exact")
    assert plan.value == plan.bound == proven_bound(table, [], plan.proof, plan.value) == worth
    limits = [{"name": "all", "count": "contacts", "max": 4_096}]
    prices = [{"limit": "all", "bound": "max", "price": "1/256"}]  # a price with which the auditor counts in int64
    proof = {"max_per_household": None, "prices": prices, "tree": []}
    assert proven_bound(table, limits, proof, worth) == worth
    monkeypatch.setattr(audit, "_sum", sum_of_chunks)
    assert proven_bound(table, limits, proof, worth) < worth
    monkeypatch.setattr(bound, "exact_sum", sum_of_chunks)
    with pytest.raises(AssertionError, match="above the bound"):
        solved(table, [], "exact")


def test_a_plan_worth_more_than_its_bound_is_an_error_and_never_a_plan():
    assert status_of(5, 5, Fraction(0)) is Status.OPTIMAL
    for ask in (lambda: status_of(6, 5, Fraction(1)), lambda: exact_gap(6, 5)):
        with pytest.raises(AssertionError, match="worth 6 millionths, above the bound of 5"):
            ask()


@pytest.mark.parametrize("customers", [1, FEWEST, FEWEST + 1])
def test_the_first_amount_that_is_too_large_is_refused_with_the_largest_that_is_not(customers):
    most = (LARGEST - 1) // max(customers, FEWEST)
    ids = {"customer_id": [f"c{number}" for number in range(customers)], "offer_id": ["gift"] * customers}
    for value, is_right in ((most, True), (most + 1, False)):
        money = {"value": pa.array([value] * customers, pa.int64()), "cost": pa.array([0] * customers, pa.int64())}
        problem = Problem.from_table(pa.table(ids | {"channel": ["sms"] * customers} | money))
        if is_right:
            assert len(compile_program(problem, []).net) == customers
        else:
            with pytest.raises(BadInput, match=f"value and cost .* would be {most // 10**6}"):
                compile_program(problem, [])


@pytest.mark.parametrize("engine", ["exact", "prices"])
@pytest.mark.parametrize(
    ("stated", "value"),
    [
        ({"sum": "cost", "max": 4 * 10**12}, 17),  # limits nothing
        ({"count": "contacts", "max": 4 * 10**12}, 17),
        ({"sum": "cost", "min": "-4e12"}, 17),
        ({"ratio": ("value", "cost"), "max": 10**9}, 17),
        ({"sum": "cost", "min": "0.00000000000000000001"}, 17),
        ({"count": "contacts", "min": 3, "shortfall_price": "1e-20"}, 16),  # less a hundredth of a millionth, rounded
        ({"count": "contacts", "min": 3, "shortfall_price": "1234567.1234567"}, None),
    ],
)
def test_the_largest_bounds_and_the_finest_prices_are_harmless(night, limit, engine, stated, value):
    problem = night(
        "customer_id | offer_id | channel | value | cost\n ann | gift | sms | 10 | 1\n bob | gift | sms | 9 | 1"
    )
    plan = solve(problem, [limit("l", **stated)], engine=engine, max_gap=Decimal("1e-7"))
    assert len(plan.chosen) == 2
    assert value is None or plan.value // 1_000_000 == value


@pytest.mark.parametrize("engine", ["exact", "prices"])
def test_a_minimum_beyond_all_sums_conflicts_and_is_said_to(night, limit, engine):
    problem = night("customer_id | offer_id | channel | value | cost\n ann | gift | sms | 10 | 1")
    with pytest.raises(Infeasible, match="cut the min of 'l' from 4000000000000 to 1"):
        solve(problem, [limit("l", sum="cost", min=4 * 10**12)], engine=engine)


def test_a_price_that_could_cost_more_than_can_be_added_up_is_refused(night, limit):
    problem = night("customer_id | offer_id | channel | value | cost\n ann | gift | sms | 10 | 1")
    with pytest.raises(BadInput, match="limit 'l': its shortfall_price is so large"):
        solve(problem, [limit("l", count="contacts", min=10**9, shortfall_price=10**6)])


@pytest.mark.parametrize("key", ["min", "max"])
@pytest.mark.parametrize("number", ["1e50", "1e300", "-1e50", "1e-300"])
def test_a_ratio_or_bound_out_of_reach_is_no_limit(limit, key, number):
    for kind in ({"count": "contacts"}, {"sum": "cost"}, {"ratio": ("value", "cost")}):
        with pytest.raises(ValueError, match=r"is too large|has too many decimals"):
            limit("l", **kind, **{key: number})
