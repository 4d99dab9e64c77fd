"""The search for prices of limits at which customers who choose alone all but keep the limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from optimization.engines.boxes import holds, spread, wider
from optimization.engines.crowd import Crowd, Rest, share_of
from optimization.engines.kernel import Float64s, Quote
from optimization.engines.market import HEAD, Market
from optimization.engines.sifting import lowest, sift
from optimization.limits import MILLION

SMALLEST_SAMPLE = 500
SMALLEST_PER_ROW = 20
"""Customers for each limit in the smallest sample: fewer make prices of accidents."""
GROWTH = 8
SMALLEST_BOXED = 50_000
"""Customers up to whom looking at all is as quick as deciding most of them first."""
OVERFITTING = 0.003
"""Times limits over customers: the share by which a sample's best prices beat good prices by accident alone."""
TOLERANCE = 1e-9
MAX_PASSES = 20
LEASH = 100.0
"""Times a typical width (in samples, a typical gain), beyond which prices do not go before the next look at all."""


@dataclass(frozen=True)
class Found:
    """Prices, and what they leave open.

    Attributes:
        price: (rows,) in the market's scaled units.
        market: the customers who are undecided near the prices.
        rest: the same, and what the others come to.
        box: the quote and the widths of the box in which the others are decided; None: nobody is.
        passes: looks at all candidates.
    """

    price: Float64s
    market: Market
    rest: Rest
    box: tuple[Quote, Quote] | None
    passes: int


def find_prices(crowd: Crowd, until: float) -> Found:
    """The prices at which the dual function is least: on samples first, each narrowing the box for the next.

    A customer whose choice is the same all over the box is decided and drops out. What is left understates what
    customers gain and is exact in the box: its optimum inside the box is the optimum everywhere; where it lies
    outside, the look is repeated in a wider box.
    """
    market = Market.of(crowd.first(HEAD))
    price, widths = np.zeros(market.rows), None
    loose = _leashed(market, price, LEASH * market.typical_gain)
    size = smallest = max(SMALLEST_SAMPLE, SMALLEST_PER_ROW * market.rows)
    while size * 2 < crowd.customers:
        before, tolerance = price, OVERFITTING * market.rows / size
        price = _level(crowd, loose, size, price, widths, tolerance=tolerance, until=until, max_passes=1).price
        widths = spread(market, before, price) if size > smallest else None
        size *= GROWTH
    everybody = crowd.customers
    return _level(crowd, market, everybody, price, widths, tolerance=TOLERANCE, until=until, max_passes=MAX_PASSES)


def _level(
    crowd: Crowd,
    market: Market,
    size: int,
    price: Float64s,
    widths: Quote | None,
    *,
    tolerance: float,
    until: float,
    max_passes: int,
) -> Found:
    """The prices that are best for the first so many customers."""
    if widths is None or size <= SMALLEST_BOXED:
        return _unboxed(crowd, market, size, price, tolerance=tolerance, until=until)
    passes = 0
    while passes < max_passes:
        passes += 1
        box = market.quote(price), widths
        rest = crowd.rest(size, *box)
        left = market.holding(rest.program, share=share_of(crowd, rest.customers), used=rest.used).refined()
        slack = float(np.median(widths.price)) / (MILLION * 2**market.bits)
        descent = sift(_leashed(left, price, LEASH * slack), price, slack, tolerance=tolerance, until=until)
        moves = market.moves(price, descent.best.price)
        if holds(widths, moves) or monotonic() > until:
            break
        widths, price = wider(widths, moves), descent.best.price if descent.reached else price
    if not descent.reached:
        descent = lowest(left, descent.best.price, slack, tolerance=tolerance, until=until)
    return Found(descent.best.price, left, rest, box, passes)


def _unboxed(crowd: Crowd, market: Market, size: int, price: Float64s, *, tolerance: float, until: float) -> Found:
    """The same for so few that none of them need be decided first."""
    program = crowd.first(size)
    everybody = Rest(program, program.customers, [0] * market.rows, 0, np.zeros(0, dtype=np.int64))
    held = market.holding(program, share=share_of(crowd, program.customers)).refined()
    descent = lowest(held, price, market.typical_gain, tolerance=tolerance, until=until)
    return Found(descent.best.price, held, everybody, None, descent.looks)


def _leashed(market: Market, price: Float64s, far: float) -> Market:
    """The market at prices near these: where the wrong customers are decided, they would rise without end."""
    return replace(
        market, cheapest=np.maximum(market.cheapest, price - far), dearest=np.minimum(market.dearest, price + far)
    )
