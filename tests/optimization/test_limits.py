"""The rows of every kind of limit agree with its definition, for any chosen candidates."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization import BadInput, Limit, Problem, solve
from optimization.certificate import recount
from optimization.compilation import compile_program
from optimization.limits import KINDS, kind_of, rows_of

STATED = {
    "count": {"count": "contacts"},
    "sum": {"sum": "hours"},
    "ratio": {"ratio": ("value", "cost")},
    "share": {"sum": "hours", "share_of": {"offer": ("offer0", "offer2")}, "where": {"channel": ("email",)}},
}
BOUNDS = {"count": st.integers(0, 4), "sum": st.decimals(0, 9, places=2), "ratio": st.decimals(0, 5, places=2)}
BOUNDS["share"] = st.decimals(0, 1, places=2)


def test_every_kind_in_the_package_is_tested_here():
    assert set(STATED) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(STATED))
def test_a_kind_is_known_by_the_key_that_states_it(kind):
    assert kind_of(Limit.model_validate({"name": "x", "max": 1, **STATED[kind]})) == kind


@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("kind", sorted(STATED))
@given(seed=st.integers(0, 10**6), data=st.data())
def test_the_rows_of_a_limit_are_kept_exactly_when_the_limit_is(kind, seed, data, random_night):
    problem = Problem.from_table(random_night(seed).table)
    bounds = sorted(Decimal(data.draw(BOUNDS[kind])) for _ in range(2))
    sides = data.draw(st.sampled_from([{"min": bounds[0]}, {"max": bounds[1]}, {"min": bounds[0], "max": bounds[1]}]))
    where = data.draw(st.sampled_from([{}, {"channel": ("email",)}, {"region": ("n",), "offer": ("offer0", "offer1")}]))
    limit = Limit.model_validate(
        {"name": "x", **STATED[kind], **sides, "where": where or STATED[kind].get("where", {})}
    )
    chosen = drawn_plan(problem, data)
    assert is_kept_by_rows(problem, limit, chosen) == (not recount(problem, [limit], chosen).breaches)


def drawn_plan(problem: Problem, data) -> np.ndarray:
    """Any candidates, at most one a customer."""
    is_taken = data.draw(st.lists(st.booleans(), min_size=len(problem), max_size=len(problem)))
    taken = np.flatnonzero(np.array(is_taken, dtype=bool))
    return taken[np.unique(problem.customer[taken], return_index=True)[1]]


def is_kept_by_rows(problem: Problem, limit: Limit, chosen) -> bool:
    program = compile_program(problem, [limit])
    positions = np.flatnonzero(np.isin(program.candidate, chosen))
    return all(row.loss(use) == 0 for row, use in zip(program.rows, program.uses(positions), strict=True))


def test_a_hard_bound_is_moved_to_what_whole_contacts_can_reach(limit, night):
    rows = [f"c{n} | a | call | {n} | 0 | 7.5" for n in range(9)]
    calls = night(
        "\n".join(["customer_id | offer_id | channel | value | cost | hours", *rows, "c9 | a | call | 5 | 0 | 15"])
    )
    stated = [limit("most", sum="hours", max=29), limit("least", sum="hours", min=8)]
    stated += [limit("calls", count="contacts", max=9), limit("wish", sum="hours", min=8, shortfall_price=1)]
    bounds = [(row.lower, row.upper) for row in compile_program(calls, stated).rows]
    assert bounds == [(None, 22_500_000), (15_000_000, None), (None, 9), (8_000_000, None)]
    plan = solve(calls, stated[:1], max_gap=0)
    assert (plan.value, len(plan.proof["tree"])) == (21_000_000, 1)  # 8 + 7 + 6, proven by one price


def test_a_soft_minimum_costs_what_is_missed(limit):
    (row,) = rows_of(limit("x", sum="cost", min=5, shortfall_price="0.5"))
    assert row.loss(3_000_000) == 1_000_000  # 2 units at half a unit of money
    assert row.loss(5_000_000) == 0


def test_the_shortfall_of_a_ratio_is_the_part_of_its_upper_sum_that_is_missing(limit):
    (row,) = rows_of(limit("x", ratio=["value", "cost"], min="2.5", shortfall_price=3))
    # value 10, cost 6: 15 would be needed, 5 are missing, at 3 each
    assert row.loss(row.factors["value"] * 10_000_000 + row.factors["cost"] * 6_000_000) == 15_000_000


def test_contacts_come_in_whole_numbers(limit):
    with pytest.raises(BadInput, match=r"limit 'x': contacts are counted in whole numbers, found 2\.5"):
        rows_of(limit("x", count="contacts", max="2.5"))


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"sum": "costs", "max": 1}, "no column 'costs'; did you mean 'cost'"),
        ({"sum": "region", "max": 1}, "no column 'region'"),
        ({"count": "contacts", "max": 1, "where": {"chanel": ["sms"]}}, "no column 'chanel'; did you mean 'channel'"),
        ({"count": "contacts", "max": 1, "where": {"channel": [3]}}, "where channel: text is needed, found 3"),
        (
            {"count": "contacts", "max": 1, "where": {"hours": ["x"]}},
            "where hours: a whole number is needed, found 'x'",
        ),
        ({"ratio": ["value", "change"], "min": 1}, r"change, which it divides by, must be >= 0 \(1 row, first 1\)"),
        ({"sum": "huge", "max": 1}, "huge too large to be added up over 2 customers"),
    ],
)
def test_a_limit_that_does_not_fit_the_candidates_is_named(night, limit, stated, message):
    problem = night("""
        customer_id | offer_id | channel | value | cost | region | hours | change | huge
        ann         | card     | sms     | 3     | 1    | north  | 1     | 1      | 4000000000000
        bob         | card     | sms     | 3     | 1    | north  | 2     | -1     | 0
    """)
    with pytest.raises(BadInput, match=f"limit 'x': .*{message}"):
        compile_program(problem, [limit("x", **stated)])


def test_two_limits_of_one_name_are_refused(night, limit):
    problem = night("customer_id | offer_id | channel | value | cost\n ann | card | sms | 3 | 1")
    with pytest.raises(BadInput, match="limit 'x' occurs twice"):
        compile_program(problem, [limit("x", sum="cost", max=1), limit("x", sum="cost", max=2)])
