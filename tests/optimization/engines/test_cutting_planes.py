"""The search for prices ends where the linear relaxation's own duals lie."""

from time import monotonic

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conf.micros import MICROS
from optimization.bound import Part
from optimization.compilation import compile_program
from optimization.engines.customers import Gathered
from optimization.engines.cutting_planes import descend
from optimization.engines.infeasibility import proof_of_emptiness
from optimization.engines.lagrangian import Market
from optimization.engines.relaxation import relax
from optimization.presolve import first_customers


def soon() -> float:
    return monotonic() + 20


def lowest(market: Market, *, max_looks: int = 500):
    radius = np.full(market.rows, market.typical_gain)
    return descend(market, np.zeros(market.rows), radius, tolerance=1e-9, max_looks=max_looks, until=soon())


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_dual_function_is_least_at_the_relaxations_worth(seed, random_night):
    night = random_night(seed)
    program = compile_program(night.problem(), night.limits)
    relaxed = relax(program, Part.whole(program), time_limit_seconds=10)
    if relaxed is None:
        return  # nothing to compare with: the relaxation has no solution
    descent = lowest(Market.of(program))
    losses = sum(lost(program, place, relaxed.share) for place in range(len(program.rows)))
    assert descent.best.worth == pytest.approx((program.net @ relaxed.share - losses) / MICROS, abs=1e-3)


def lost(program, place: int, share) -> float:
    """Millionths that a fractional plan loses by missing a soft minimum."""
    row = program.rows[place]
    missing = 0 if row.lower is None else max(0.0, row.lower - float(program.coefficients(place) @ share))
    return float(missing * (row.shortfall_price or 0))


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_emptiness_is_proven_exactly_where_the_relaxation_has_no_solution(seed, random_night):
    night = random_night(seed)
    program = compile_program(night.problem(), night.limits)
    relaxed = relax(program, Part.whole(program), time_limit_seconds=10)
    assert (proof_of_emptiness(Gathered(program), soon()) is not None) == (relaxed is None)


def test_a_search_that_may_not_look_stays_where_it_began(night, limit):
    program = compile_program(
        night("customer_id | offer_id | channel | value | cost\n ann | card | sms | 3 | 1"),
        [limit("budget", sum="cost", max="0.5")],
    )
    descent = lowest(Market.of(program), max_looks=0)
    assert (descent.reached, descent.best.price.tolist()) == (False, [0.0])


def test_the_first_customers_get_their_share_of_the_limits(night, limit):
    rows = "\n".join(f"c{k} | card | sms | 5 | 1" for k in range(8))
    program = compile_program(
        night("customer_id | offer_id | channel | value | cost\n" + rows), [limit("few", count="contacts", max=4)]
    )
    sample = Market.of(program).holding(first_customers(program, 2), share=2 / 8)
    assert (sample.customers, sample.upper.tolist()) == (2, [1.0])
