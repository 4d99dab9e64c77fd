"""Every engine against trying every plan, on small nights of all kinds."""

from dataclasses import replace

import numpy as np
import pytest

from optimization import Infeasible, solve
from optimization import solver as solving
from optimization.bound import Margins

FAST = range(150)
WHOLE = range(1_000, 6_200)
ENGINES = ["exact", "prices"]


def ending_of(night, oracle, engine: str) -> str:
    """Solve and compare with the oracle; returns how it ended."""
    best = oracle(night.table, night.limits, night.max_per_household)
    try:
        plan = solve(night.problem(), night.limits, engine=engine, max_gap=0, time_limit_seconds=60)
    except Infeasible as error:
        assert best.worth is None
        check_conflict(night, oracle, error.plan.conflict)
        return "infeasible"
    ids = night.table.take(plan.chosen).select(["customer_id", "offer_id", "channel"]).to_pylist()
    assert plan.value == best.worth
    assert {tuple(row.values()) for row in ids} in best.plans
    assert plan.bound >= best.worth
    return "optimal"


def check_conflict(night, oracle, names) -> None:
    """The limits named have no plan together, and have one without any of them."""
    conflict = [limit for limit in night.limits if limit.name in names]
    assert oracle(night.table, conflict, night.max_per_household).worth is None
    for spared in conflict:
        rest = [limit for limit in conflict if limit is not spared]
        assert oracle(night.table, rest, night.max_per_household).worth is not None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_few_small_nights_are_solved_as_well_as_by_trying_every_plan(engine, random_night, oracle):
    ends = [ending_of(random_night(seed), oracle, engine) for seed in FAST]
    assert ends.count("infeasible") >= 5
    assert ends.count("optimal") >= 100


@pytest.mark.full
@pytest.mark.parametrize("engine", ENGINES)
def test_thousands_of_small_nights_are_solved_as_well_as_by_trying_every_plan(engine, random_night, oracle):
    ends = [ending_of(random_night(seed), oracle, engine) for seed in WHOLE]
    assert ends.count("infeasible") >= len(WHOLE) / 26


def compiled_as(patch, change):
    """Plant a bug in what the engines are given."""
    real = solving.compile_program
    patch.setattr(solving, "compile_program", lambda problem, limits: change(real(problem, limits)))


def a_limit_is_forgotten(patch):
    real = solving.compile_program
    patch.setattr(solving, "compile_program", lambda problem, limits: real(problem, limits[:-1]))


def a_maximum_is_one_too_high(patch):
    def looser(row):
        return row if row.upper is None else replace(row, upper=row.upper + row.unit)

    compiled_as(patch, lambda program: replace(program, rows=tuple(looser(row) for row in program.rows)))


def the_bound_is_too_low(patch):
    real = Margins.of
    patch.setattr(Margins, "of", lambda self, *args, **more: real(self, *args, **more) - np.int64(10**8))


def the_best_candidate_is_overlooked(patch):
    compiled_as(
        patch,
        lambda program: replace(program, net=np.where(program.net == program.net.max(initial=0), -1, program.net)),
    )


PLANTED = [a_limit_is_forgotten, a_maximum_is_one_too_high, the_bound_is_too_low, the_best_candidate_is_overlooked]


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_bug_does_not_pass(plant, monkeypatch, random_night, oracle):
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        [ending_of(random_night(seed), oracle, "exact") for seed in FAST]
