"""Sifting ends at the duals of the linear relaxation, with all undecided customers or with samples of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import instances
from conf.micros import MICROS
from optimization.bound import Part
from optimization.compilation import compile_program
from optimization.engines import sifting
from optimization.engines.lagrangian import Lagrangian
from optimization.engines.oracle import evaluate_dual
from optimization.engines.relaxation import relax
from optimization.engines.sifting import lowest, sift
from optimization.stopwatch import Stopwatch

PRICES = st.lists(st.floats(-20, 20), min_size=10, max_size=10)


def soon() -> float:
    return Stopwatch(20)


def lagrangian_of(night) -> Lagrangian:
    return Lagrangian.of(compile_program(night.problem(), night.limits))


def relaxed_worth(program) -> float | None:
    """The oracle, in the currency: the complete relaxation through GLOP, soft minima charged for what is missing."""
    relaxed = relax(program, Part.whole(program), time_limit_seconds=20)
    if relaxed is None:
        return None
    worth = float(program.net @ relaxed.share)
    for position, row in enumerate(program.rows):
        missing = (
            0 if row.lower is None else max(0.0, row.lower - float(program.coefficients(position) @ relaxed.share))
        )
        worth -= float(missing * (row.shortfall_price or 0))
    return worth / MICROS


@pytest.mark.parametrize("undecided", [2, 600])  # 2: samples stand for all, and households are too large to sift
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_search_ends_at_the_relaxations_worth(seed, undecided, random_night):
    night = random_night(seed)
    program = compile_program(night.problem(), night.limits)
    worth = relaxed_worth(program)
    if worth is None:
        return  # nothing to compare with: the relaxation has no solution
    lagrangian = Lagrangian.of(program)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sifting, "UNDECIDED_TARGET", undecided)
        patch.setattr(sifting, "UNDECIDED_TARGET_PER_ROW", 0)
        descent = lowest(
            lagrangian, np.zeros(lagrangian.rows), lagrangian.typical_gain, tolerance=1e-9, stopwatch=soon()
        )
    assert descent.best.worth == pytest.approx(worth, abs=1e-3)


@pytest.mark.parametrize(("limits", "seed"), [(20, 1), (60, 2), (100, 3)])
def test_many_limits_that_overlap_are_sifted_to_the_relaxations_worth(limits, seed):
    program = instances.night(150, limits=limits, seed=seed)
    lagrangian = Lagrangian.of(program)
    descent = sift(lagrangian, np.zeros(lagrangian.rows), lagrangian.typical_gain, tolerance=1e-9, stopwatch=soon())
    assert descent.is_converged
    assert descent.best.worth == pytest.approx(relaxed_worth(program), rel=1e-7)


def test_costs_that_differ_within_an_option_are_sifted_too():
    program = instances.night(150, limits=20, seed=4, costs_differ=True)
    lagrangian = Lagrangian.of(program)
    descent = sift(lagrangian, np.zeros(lagrangian.rows), lagrangian.typical_gain, tolerance=1e-9, stopwatch=soon())
    assert descent.is_converged
    assert descent.best.worth == pytest.approx(relaxed_worth(program), rel=1e-7)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=PRICES, step=PRICES, slack=st.floats(0, 5))
def test_the_program_of_the_undecided_never_overstates_the_dual_function(seed, wanted, step, slack, random_night):
    lagrangian = lagrangian_of(random_night(seed))
    here = np.array(wanted[: lagrangian.rows])
    there = np.clip(np.add(wanted, step)[: lagrangian.rows], lagrangian.min_price, lagrangian.max_price)
    rest, fixed_gain, share = sifting._undecided(lagrangian, here, slack, 10**6)
    assert share == 1
    assert evaluate_dual(rest, there).worth + fixed_gain <= evaluate_dual(lagrangian, there).worth + 2e-5


@pytest.mark.parametrize("target_size", [20, 60, 200])
def test_a_sample_of_the_undecided_misses_the_bounds_by_what_all_of_them_do(target_size):
    lagrangian = Lagrangian.of(instances.night(400, limits=20, seed=5))
    price = np.clip(np.linspace(-1, 1, 20), lagrangian.min_price, lagrangian.max_price)
    sample, fixed_gain, share = sifting._undecided(lagrangian, price, 3.0, target_size)
    assert share < 1
    here, there = evaluate_dual(sample, price), evaluate_dual(lagrangian, price)
    assert here.worth / share + fixed_gain == pytest.approx(there.worth)
    missed = np.where(np.isfinite(sample.upper), sample.upper, sample.lower) - here.uses
    assert missed / share == pytest.approx(
        np.where(np.isfinite(lagrangian.upper), lagrangian.upper, lagrangian.lower) - there.uses
    )


def test_the_same_customers_give_the_same_prices_to_the_last_bit():
    lagrangian = Lagrangian.of(instances.night(2_000, limits=30, seed=6))
    first, second = (
        sift(lagrangian, np.zeros(lagrangian.rows), lagrangian.typical_gain, tolerance=1e-9, stopwatch=soon())
        for _ in range(2)
    )
    assert first.best.price.tobytes() == second.best.price.tobytes()


def test_a_search_without_time_says_that_it_did_not_converge():
    lagrangian = Lagrangian.of(instances.night(100, limits=20, seed=7))
    descent = lowest(lagrangian, np.zeros(lagrangian.rows), 1.0, tolerance=1e-9, stopwatch=Stopwatch(0))
    assert (descent.is_converged, descent.best.price.tolist()) == (False, [0.0] * 20)
