"""Boxes of what options cost: wide enough, or noticed."""

from time import monotonic

import numpy as np
import pytest

from benchmarks import instances
from optimization.engines import price_engine as plan_at_prices
from optimization.engines import price_search as prices
from optimization.engines.customers import Gathered
from optimization.engines.kernel import Quote
from optimization.engines.lagrangian import Market
from optimization.engines.oracle import look
from optimization.engines.price_search import holds, spread, wider
from optimization.engines.sifting import lowest


def quote(*price: int, steep: float = 0.0) -> Quote:
    return Quote(np.array(price, dtype=np.int64), np.full((1, len(price)), steep))


def test_a_box_holds_moves_up_to_its_width_in_every_option_and_column():
    assert holds(quote(2, 3, steep=1.0), quote(2, 3, steep=1.0))
    assert not holds(quote(2, 3, steep=1.0), quote(2, 4, steep=1.0))
    assert not holds(quote(2, 3, steep=1.0), quote(2, 3, steep=1.5))


def test_a_wider_box_holds_the_moves_that_were_too_far():
    grown = wider(quote(2, 3), quote(1, 50, steep=4.0))
    assert grown.price.tolist() == [4, 100]
    assert holds(grown, quote(1, 50, steep=4.0))


def test_an_option_that_happened_to_stay_may_still_move_like_the_others():
    market = Market.of(instances.night(50, limits=20, seed=1))
    before = np.zeros(20)
    after = np.where(np.arange(20) == 1, 0.5, 0.0)  # the price of one channel: a quarter of the options
    widths = spread(market, before, after)
    assert holds(widths, market.moves(before, after))
    assert widths.price.min() * 2 == pytest.approx(widths.price.max(), rel=1e-6)  # root of a quarter


@pytest.mark.parametrize("costs_differ", [False, True])
def test_a_box_in_the_wrong_place_is_left_and_the_optimum_found(costs_differ, monkeypatch):
    program = instances.night(600, limits=20, seed=2, costs_differ=costs_differ)
    market = Market.of(program)
    until = monotonic() + 30
    there = lowest(market, np.zeros(20), market.typical_gain, tolerance=1e-9, until=until)
    monkeypatch.setattr(prices, "SMALLEST_BOXED", 0)
    far = np.clip(there.best.price + 3, market.cheapest, market.dearest)
    planted = spread(market, far, far)  # hardly any width
    crowd = Gathered(program)
    found = prices._level(crowd, market, 600, far, planted, tolerance=1e-9, until=until, max_passes=50)
    assert found.passes > 1
    assert look(market, found.price).worth == pytest.approx(there.best.worth, rel=1e-7)


def test_the_finish_gets_those_who_are_nearest_to_another_choice_and_nobody_is_lost(monkeypatch):
    market = Market.of(instances.night(600, limits=20, seed=3))
    monkeypatch.setattr(plan_at_prices, "FINISHED", 500)
    price = lowest(market, np.zeros(20), 1.0, tolerance=1e-9, until=monotonic() + 30).best.price
    short, sure = plan_at_prices.shortened(market, price)
    assert 0 < len(short.program.net) <= 500
    of_customer = np.searchsorted(market.menus.start, sure, side="right") - 1
    assert len(np.unique(of_customer)) == len(sure)
    whole, rest = look(market, price), look(short, price)
    assert whole.uses - rest.uses == pytest.approx(np.array(market.program.uses(sure)) / market.scale)
