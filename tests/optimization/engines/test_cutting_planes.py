"""Cutting planes end at the duals of the linear relaxation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conf.micros import MICROS
from optimization.bound import Part
from optimization.compilation import compile_program
from optimization.engines.customers import InMemory
from optimization.engines.cutting_planes import descend
from optimization.engines.infeasibility import infeasibility_certificate
from optimization.engines.lagrangian import Lagrangian
from optimization.engines.relaxation import relax
from optimization.presolve import first_customers
from optimization.stopwatch import Stopwatch


def soon() -> float:
    return Stopwatch(20)


def lowest(lagrangian: Lagrangian, *, max_evaluations: int = 500):
    radius = np.full(lagrangian.rows, lagrangian.typical_gain)
    return descend(
        lagrangian, np.zeros(lagrangian.rows), radius, tolerance=1e-9, max_evaluations=max_evaluations, stopwatch=soon()
    )


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_dual_function_is_least_at_the_relaxations_worth(seed, random_night):
    night = random_night(seed)
    program = compile_program(night.problem(), night.limits)
    relaxed = relax(program, Part.whole(program), time_limit_seconds=10)
    if relaxed is None:
        return  # nothing to compare with: the relaxation has no solution
    descent = lowest(Lagrangian.of(program))
    losses = sum(loss_of(program, position, relaxed.share) for position in range(len(program.rows)))
    assert descent.best.worth == pytest.approx((program.net @ relaxed.share - losses) / MICROS, abs=1e-3)


def loss_of(program, position: int, share) -> float:
    """Micros that a fractional plan loses by missing a soft minimum."""
    row = program.rows[position]
    missing = 0 if row.lower is None else max(0.0, row.lower - float(program.coefficients(position) @ share))
    return float(missing * (row.shortfall_price or 0))


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_infeasibility_is_proven_exactly_where_the_relaxation_has_no_solution(seed, random_night):
    night = random_night(seed)
    program = compile_program(night.problem(), night.limits)
    relaxed = relax(program, Part.whole(program), time_limit_seconds=10)
    assert (infeasibility_certificate(InMemory(program), soon()) is not None) == (relaxed is None)


def test_a_search_without_evaluations_stays_where_it_began(night, limit):
    program = compile_program(
        night("customer_id | offer_id | channel | value | cost\n ann | card | sms | 3 | 1"),
        [limit("budget", sum="cost", max="0.5")],
    )
    descent = lowest(Lagrangian.of(program), max_evaluations=0)
    assert (descent.is_converged, descent.best.price.tolist()) == (False, [0.0])


def test_the_first_customers_get_their_share_of_the_limits(night, limit):
    rows = "\n".join(f"c{k} | card | sms | 5 | 1" for k in range(8))
    program = compile_program(
        night("customer_id | offer_id | channel | value | cost\n" + rows), [limit("few", count="contacts", max=4)]
    )
    sample = Lagrangian.of(program).holding(first_customers(program, 2), share=2 / 8)
    assert (sample.customers, sample.upper.tolist()) == (2, [1.0])
