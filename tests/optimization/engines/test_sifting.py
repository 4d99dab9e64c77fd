"""Sifting ends where the linear relaxation's own duals lie, whoever wavers and whoever stands for the others."""

from time import monotonic

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import instances
from conf.micros import MICROS
from optimization.bound import Part
from optimization.compilation import compile_program
from optimization.engines import sifting
from optimization.engines.lagrangian import Market
from optimization.engines.oracle import look
from optimization.engines.relaxation import relax
from optimization.engines.sifting import lowest, sift

PRICES = st.lists(st.floats(-20, 20), min_size=10, max_size=10)


def soon() -> float:
    return monotonic() + 20


def market_of(night) -> Market:
    return Market.of(compile_program(night.problem(), night.limits))


def relaxed_worth(program) -> float | None:
    """The oracle, in the currency: the whole relaxation through GLOP, soft minima charged for what is missing."""
    relaxed = relax(program, Part.whole(program), time_limit_seconds=20)
    if relaxed is None:
        return None
    worth = float(program.net @ relaxed.share)
    for place, row in enumerate(program.rows):
        missing = 0 if row.lower is None else max(0.0, row.lower - float(program.coefficients(place) @ relaxed.share))
        worth -= float(missing * (row.shortfall_price or 0))
    return worth / MICROS


@pytest.mark.parametrize("wavering", [2, 600])  # 2: shares stand for all, and households are too large to sift
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_search_ends_at_the_relaxations_worth(seed, wavering, random_night):
    night = random_night(seed)
    program = compile_program(night.problem(), night.limits)
    worth = relaxed_worth(program)
    if worth is None:
        return  # nothing to compare with: the relaxation has no solution
    market = Market.of(program)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sifting, "WAVERING", wavering)
        patch.setattr(sifting, "WAVERING_PER_ROW", 0)
        found = lowest(market, np.zeros(market.rows), market.typical_gain, tolerance=1e-9, until=soon())
    assert found.best.worth == pytest.approx(worth, abs=1e-3)


@pytest.mark.parametrize(("limits", "seed"), [(20, 1), (60, 2), (100, 3)])
def test_many_limits_that_overlap_are_sifted_to_the_relaxations_worth(limits, seed):
    program = instances.night(150, limits=limits, seed=seed)
    market = Market.of(program)
    found = sift(market, np.zeros(market.rows), market.typical_gain, tolerance=1e-9, until=soon())
    assert found.reached
    assert found.best.worth == pytest.approx(relaxed_worth(program), rel=1e-7)


def test_costs_that_differ_within_an_option_are_sifted_too():
    program = instances.night(150, limits=20, seed=4, costs_differ=True)
    market = Market.of(program)
    found = sift(market, np.zeros(market.rows), market.typical_gain, tolerance=1e-9, until=soon())
    assert found.reached
    assert found.best.worth == pytest.approx(relaxed_worth(program), rel=1e-7)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES, step=PRICES, slack=st.floats(0, 5))
def test_the_program_of_those_who_waver_never_overstates_the_dual_function(seed, wanted, step, slack, random_night):
    market = market_of(random_night(seed))
    here = np.array(wanted[: market.rows])
    there = np.clip(np.add(wanted, step)[: market.rows], market.cheapest, market.dearest)
    rest, sure, share = sifting._wavering(market, here, slack, 10**6)
    assert share == 1
    assert look(rest, there).worth + sure <= look(market, there).worth + 2e-5


@pytest.mark.parametrize("aim", [20, 60, 200])
def test_a_share_of_those_who_waver_misses_the_bounds_by_what_all_do(aim):
    market = Market.of(instances.night(400, limits=20, seed=5))
    price = np.clip(np.linspace(-1, 1, 20), market.cheapest, market.dearest)
    some, sure, share = sifting._wavering(market, price, 3.0, aim)
    assert share < 1
    here, there = look(some, price), look(market, price)
    assert here.worth / share + sure == pytest.approx(there.worth)
    missed = np.where(np.isfinite(some.upper), some.upper, some.lower) - here.uses
    assert missed / share == pytest.approx(np.where(np.isfinite(market.upper), market.upper, market.lower) - there.uses)


def test_the_same_market_gives_the_same_prices_to_the_last_bit():
    market = Market.of(instances.night(2_000, limits=30, seed=6))
    first, second = (
        sift(market, np.zeros(market.rows), market.typical_gain, tolerance=1e-9, until=soon()) for _ in range(2)
    )
    assert first.best.price.tobytes() == second.best.price.tobytes()


def test_a_search_without_time_says_that_it_did_not_arrive():
    market = Market.of(instances.night(100, limits=20, seed=7))
    found = lowest(market, np.zeros(market.rows), 1.0, tolerance=1e-9, until=monotonic() - 1)
    assert (found.reached, found.best.price.tolist()) == (False, [0.0] * 20)
