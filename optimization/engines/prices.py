"""The search for prices of limits at which customers who choose alone all but keep the limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from optimization.engines.crowd import Crowd, Rest, share_of
from optimization.engines.kernel import Float64s, Quote
from optimization.engines.market import HEAD, Market
from optimization.engines.master import descend

SMALLEST_SAMPLE = 500
GROWTH = 8
SPREADS = 4.0
NARROWEST = 1e-6
"""Of a typical gain: where all customers are alike, samples agree on prices that the jitter alone sets apart."""
WIDENING = 4.0
"""A box whose edge is reached grows by this, then by its square, then by its cube."""
SAMPLE_TOLERANCE = 1e-7
TOLERANCE = 1e-9
MAX_LOOKS = 1_500


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

    A customer whose choice is the same all over the box is decided and drops out. An optimum strictly inside the
    box is the optimum everywhere, by convexity; at its edge, the box is widened and the look repeated.
    """
    market = Market.of(crowd.first(HEAD))
    price = np.zeros(market.rows)
    width = np.full(market.rows, np.inf)
    size = SMALLEST_SAMPLE
    while size * 2 < crowd.customers:
        before = price
        price = _level(crowd, market, size, price, width, tolerance=SAMPLE_TOLERANCE, until=until).price
        moved = np.abs(price - before)
        if np.isfinite(width).all() or size > SMALLEST_SAMPLE:
            width = np.maximum(moved, moved.sum() / max(market.rows, 1) * 0.5) * SPREADS / np.sqrt(GROWTH - 1)
            width = np.maximum(width, NARROWEST * market.typical_gain)
        size *= GROWTH
    return _level(crowd, market, crowd.customers, price, width, tolerance=TOLERANCE, until=until)


def _level(
    crowd: Crowd, market: Market, size: int, price: Float64s, width: Float64s, *, tolerance: float, until: float
) -> Found:
    passes, widening = 0, 1.0
    while True:
        rest, box = _rest(crowd, market, size, price, width)
        low, high = np.maximum(market.cheapest, price - width), np.minimum(market.dearest, price + width)
        left = market.holding(rest.program, share=share_of(crowd, rest.customers), used=rest.used).refined()
        boxed = replace(left, cheapest=low, dearest=high)
        radius = np.where(np.isfinite(width), width / 2, market.typical_gain)
        descent = descend(boxed, price, radius, tolerance=tolerance, max_looks=MAX_LOOKS, until=until)
        passes += 1 if box is not None else descent.looks
        best = descent.best.price
        is_cut_off = ((best <= low) & (low > market.cheapest)) | ((best >= high) & (high < market.dearest))
        if not is_cut_off.any() or monotonic() > until:
            return Found(best, left, rest, box, passes)
        widening *= WIDENING
        price, width = best, np.where(is_cut_off, width * widening, width)


def _rest(
    crowd: Crowd, market: Market, size: int, price: Float64s, width: Float64s
) -> tuple[Rest, tuple[Quote, Quote] | None]:
    """What is left of the first so many customers in the box price ± width; all of them where the box has no end."""
    if np.isfinite(width).all():
        quote, widths = market.quote(price), market.widths(width)
        return crowd.rest(size, quote, widths), (quote, widths)
    program = crowd.first(size)
    return Rest(program, program.customers, [0] * market.rows, 0, np.zeros(0, dtype=np.int64)), None
