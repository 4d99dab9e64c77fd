"""Presolve: what is decided and the rest are together worth what the program is worth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization import Infeasible, Problem, solve
from optimization.compilation import compile_program
from optimization.presolve import restricted, without_oversized

DRAWN = """
    customer_id | offer_id | channel | value | cost | household_id
    ann         | card     | email   | 10    | 4    | h1
    ann         | loan     | email   | 9     | 3    | h1
    bob         | card     | email   | 8     | 2    | h1
    eve         | card     | email   | 7     | 1    | -
"""


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), data=st.data())
def test_the_worth_of_the_decided_and_of_the_rest_add_up(seed, data, random_night):
    night = random_night(seed)
    program = compile_program(Problem.from_table(night.table), night.limits)
    sides = data.draw(st.lists(st.sampled_from("dol"), min_size=program.customers, max_size=program.customers))
    customer = program.customer_of()
    first = program.start[:-1]
    decided = first[[side == "d" for side in sides]].astype(np.int64)
    is_open = np.array([side == "o" for side in sides], dtype=bool)
    positions = np.flatnonzero(is_open[customer]) if len(customer) else np.zeros(0, dtype=np.int64)
    rest = restricted(program, positions, decided)
    taken = rest.start[:-1]
    worth = program.worth(np.sort(np.concatenate([decided, positions[taken]])))
    rest_worth = rest.worth(taken)
    assert (worth is None) == (rest_worth is None)
    if rest_worth is not None:
        assert worth in (rest_worth + int(program.net[decided].sum()), rest_worth + int(program.net[decided].sum()) - 1)


def test_a_member_who_is_decided_uses_capacity_of_the_household(night):
    program = compile_program(night(DRAWN, max_per_household=1), [])
    of_bob = np.flatnonzero(program.candidate == 2)
    of_ann = np.flatnonzero(np.isin(program.candidate, [0, 1]))
    assert restricted(program, of_ann, of_bob).household_capacity.tolist() == [0]
    assert restricted(program, of_ann, of_bob[:0]).household_capacity.tolist() == [1]


def test_a_candidate_that_alone_exceeds_a_budget_is_removed(night, limit):
    program = without_oversized(compile_program(night(DRAWN), [limit("budget", sum="cost", max="2.5")]))
    assert sorted(program.candidate.tolist()) == [2, 3]


def test_a_limit_that_removes_oversized_candidates_is_named_only_where_it_conflicts(night, limit):
    tiny = limit("tiny", sum="cost", max="0.5")
    with pytest.raises(Infeasible, match="together: tiny, some;"):
        solve(night(DRAWN), [tiny, limit("some", count="contacts", min=1), limit("few", count="contacts", max=3)])


@pytest.mark.parametrize("engine", ["exact", "prices"])
def test_a_budget_below_every_cost_buys_nothing_and_that_is_proven(night, limit, engine):
    plan = solve(night(DRAWN), [limit("budget", sum="cost", max="0.5")], engine=engine)
    assert (plan.chosen.tolist(), plan.bound) == ([], 0)


def test_a_row_with_negative_coefficients_removes_no_candidate(night, limit):
    floor = limit("return", ratio=["cost", "value"], max="0.35")  # ann's card alone breaks it; with eve it may hold
    assert len(without_oversized(compile_program(night(DRAWN), [floor])).net) == 4
