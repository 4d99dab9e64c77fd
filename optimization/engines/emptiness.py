"""That no plan exists, shown by prices alone."""

from __future__ import annotations

import numpy as np

from optimization.bound import weak_duality_bound
from optimization.engines.kernel import Float64s
from optimization.engines.market import Market
from optimization.engines.master import descend
from optimization.engines.relaxation import softened
from optimization.prices import Prices
from optimization.program import Program
from optimization.proof import Leaf

SAMPLE = 20_000
MAX_LOOKS = 300
TOLERANCE = 1e-9


def proof_of_emptiness(program: Program, until: float) -> Leaf | None:
    """Prices at which even contacts that cost nothing cannot pay for what the hard bounds demand.

    They lower the dual function of the program whose only worth is what bounds must change; a sample of the
    customers finds them where the conflict is wide, all customers where it is narrow.

    Returns:
        None where no such prices are found: the limits may then hold together.
    """
    whole = Market.of(softened(program))
    price = np.zeros(whole.rows)
    for market in (whole.first(SAMPLE), whole) if whole.customers > 2 * SAMPLE else (whole,):
        price = _lowest(market, price, until)
        prices = Prices.near(program, whole.in_row_units(price))
        if weak_duality_bound(program, prices, counts_value=False) < 0:
            return Leaf(prices, is_empty=True)
    return None


def _lowest(market: Market, price: Float64s, until: float) -> Float64s:
    width = (market.dearest - market.cheapest) / 2
    return descend(market, price, width, tolerance=TOLERANCE, max_looks=MAX_LOOKS, until=until).best.price
