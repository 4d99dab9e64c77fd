"""Price boxes: wide enough, or widened."""

import numpy as np
import pytest

from benchmarks import instances
from optimization.engines import price_engine, price_search
from optimization.engines.customers import InMemory
from optimization.engines.kernel import OptionCosts
from optimization.engines.lagrangian import Lagrangian
from optimization.engines.oracle import evaluate_dual
from optimization.engines.price_search import contains, estimated_spread, widened
from optimization.engines.sifting import lowest
from optimization.stopwatch import Stopwatch


def costs(*price: int, per_unit: float = 0.0) -> OptionCosts:
    return OptionCosts(np.array(price, dtype=np.int64), np.full((1, len(price)), per_unit))


def test_a_spread_contains_moves_up_to_its_size_in_every_option_and_column():
    assert contains(costs(2, 3, per_unit=1.0), costs(2, 3, per_unit=1.0))
    assert not contains(costs(2, 3, per_unit=1.0), costs(2, 4, per_unit=1.0))
    assert not contains(costs(2, 3, per_unit=1.0), costs(2, 3, per_unit=1.5))


def test_a_widened_spread_contains_the_moves_that_were_too_far():
    spread = widened(costs(2, 3), costs(1, 50, per_unit=4.0))
    assert spread.price.tolist() == [4, 100]
    assert contains(spread, costs(1, 50, per_unit=4.0))


def test_an_option_whose_cost_did_not_move_gets_the_spread_of_the_others():
    lagrangian = Lagrangian.of(instances.night(50, limits=20, seed=1))
    before = np.zeros(20)
    after = np.where(np.arange(20) == 1, 0.5, 0.0)  # the price of one channel: a quarter of the options
    spread = estimated_spread(lagrangian, before, after)
    assert contains(spread, lagrangian.moves(before, after))
    assert spread.price.min() * 2 == pytest.approx(spread.price.max(), rel=1e-6)  # root of a quarter


@pytest.mark.parametrize("costs_differ", [False, True])
def test_a_box_without_the_optimum_is_widened_until_the_optimum_is_inside(costs_differ, monkeypatch):
    program = instances.night(600, limits=20, seed=2, costs_differ=costs_differ)
    lagrangian = Lagrangian.of(program)
    stopwatch = Stopwatch(30)
    there = lowest(lagrangian, np.zeros(20), lagrangian.typical_gain, tolerance=1e-9, stopwatch=stopwatch)
    monkeypatch.setattr(price_search, "SMALLEST_BOXED", 0)
    far = np.clip(there.best.price + 3, lagrangian.min_price, lagrangian.max_price)
    planted = estimated_spread(lagrangian, far, far)  # hardly any spread
    store = InMemory(program)
    search = price_search._level(
        store, lagrangian, 600, far, planted, tolerance=1e-9, stopwatch=stopwatch, max_passes=50
    )
    assert search.passes > 1
    assert evaluate_dual(lagrangian, search.price).worth == pytest.approx(there.best.worth, rel=1e-7)


def test_the_repair_gets_the_customers_nearest_to_another_choice_and_none_is_lost(monkeypatch):
    lagrangian = Lagrangian.of(instances.night(600, limits=20, seed=3))
    monkeypatch.setattr(price_engine, "REPAIR_CANDIDATES", 500)
    price = lowest(lagrangian, np.zeros(20), 1.0, tolerance=1e-9, stopwatch=Stopwatch(30)).best.price
    short, fixed = price_engine.shortened(lagrangian, price)
    assert 0 < len(short.program.net) <= 500
    of_customer = np.searchsorted(lagrangian.candidates.start, fixed, side="right") - 1
    assert len(np.unique(of_customer)) == len(fixed)
    complete, rest = evaluate_dual(lagrangian, price), evaluate_dual(short, price)
    assert complete.uses - rest.uses == pytest.approx(np.array(lagrangian.program.uses(fixed)) / lagrangian.scale)
