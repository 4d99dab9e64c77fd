"""That no plan exists, shown by prices alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimization.bound import Prices
from optimization.engines.customers import Crowd, share_of
from optimization.engines.cutting_planes import descend
from optimization.engines.kernel import Float64s
from optimization.engines.lagrangian import Market
from optimization.engines.price_search import find_prices
from optimization.proof import Leaf

SAMPLE = 20_000
MAX_LOOKS = 300
TOLERANCE = 1e-9


def proof_of_emptiness(crowd: Crowd, until: float) -> Leaf | None:
    """Prices at which even contacts that cost nothing cannot pay for what the hard bounds demand.

    They lower the dual function of the program whose only worth is what bounds must change; a sample of the
    customers finds them where the conflict is wide, all customers where it is narrow.

    Returns:
        None where no such prices are found: the limits may then hold together.
    """
    for price in _lowest(crowd.softened(), until):
        prices = Prices.near(crowd.blank, price)
        if crowd.bound(prices, counts_value=False) < 0:
            return Leaf(prices, is_empty=True)
    return None


def _lowest(soft: Crowd, until: float) -> Iterator[Float64s]:
    """Prices of a sample, then those of everybody, in row units."""
    program = soft.first(SAMPLE)
    market = Market.of(program)
    sample = market.holding(program, share=share_of(soft, program.customers))
    width = (market.dearest - market.cheapest) / 2
    start = np.zeros(market.rows)
    descent = descend(sample, start, width, tolerance=TOLERANCE, max_looks=MAX_LOOKS, until=until)
    yield market.in_row_units(descent.best.price)
    if program.customers < soft.customers:
        found = find_prices(soft, until)
        yield found.market.in_row_units(found.price)
