"""Infeasibility certificates: prices that prove that no plan exists (Farkas)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimization.bound import Prices
from optimization.engines.customers import CustomerStore, share_of
from optimization.engines.cutting_planes import descend
from optimization.engines.kernel import Float64s
from optimization.engines.lagrangian import Lagrangian
from optimization.engines.price_search import find_prices
from optimization.proof import Leaf
from optimization.stopwatch import Stopwatch

SAMPLE = 20_000
MAX_EVALUATIONS = 300
TOLERANCE = 1e-9


def infeasibility_certificate(store: CustomerStore, stopwatch: Stopwatch) -> Leaf | None:
    """Prices at which the dual function of the hard bounds, without any values, is below zero: no plan survives that.

    The search minimises the dual function of the elastic program (`softened`). A sample of the customers is enough
    where the conflict is wide; all customers are needed where it is narrow.

    Returns:
        None where no such prices are found: the limits may then hold together.
    """
    for price in _lowest(store.softened(), stopwatch):
        prices = Prices.near(store.blank, price)
        if store.bound(prices, counts_value=False) < 0:
            return Leaf(prices, is_infeasible=True)
    return None


def _lowest(soft: CustomerStore, stopwatch: Stopwatch) -> Iterator[Float64s]:
    """Prices of a sample, then those of all customers, in row units."""
    program = soft.first(SAMPLE)
    lagrangian = Lagrangian.of(program)
    sample = lagrangian.holding(program, share=share_of(soft, program.customers))
    radius = (lagrangian.max_price - lagrangian.min_price) / 2
    start = np.zeros(lagrangian.rows)
    descent = descend(sample, start, radius, tolerance=TOLERANCE, max_evaluations=MAX_EVALUATIONS, stopwatch=stopwatch)
    yield lagrangian.in_row_units(descent.best.price)
    if program.customers < soft.customers:
        search = find_prices(soft, stopwatch)
        yield search.lagrangian.in_row_units(search.price)
