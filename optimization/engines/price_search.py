"""The search for prices of limits at which customers who choose alone all but keep the limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from conf.micros import MICROS
from optimization.engines.customers import Crowd, Rest, share_of
from optimization.engines.kernel import Float64s, Quote
from optimization.engines.lagrangian import HEAD, Market
from optimization.engines.sifting import lowest, sift

SPREADS = 2.25
"""Widths over moves. Samples grow by 8, so the next move is about 8 ** -0.5 of the last: this is over six of it."""
NARROWEST = 1e-6
"""Of a typical gain: where all customers are alike, samples agree on prices that the jitter alone sets apart."""
WIDENING = 2.0


def spread(market: Market, before: Float64s, after: Float64s) -> Quote:
    """Widths judged by how far what options cost moved between two prices; the market's amounts are typical ones.

    Limits that overlap can share a price in many ways, so prices wander where what options cost does not: the box is
    one of costs. An option that happened to stay gets what options moved by on the whole (root mean square).
    """
    moves = market.moves(before, after)
    least = NARROWEST * market.typical_gain * MICROS * 2**market.bits
    columns = np.maximum(np.abs(market.menus.columns.astype(np.float64)).mean(axis=1), 1.0)[:, None]
    return Quote(
        np.ceil(_pooled(moves.price.astype(np.float64), least)).astype(np.int64),
        _pooled(moves.steep, least / columns),
    )


def wider(widths: Quote, moves: Quote) -> Quote:
    """Widths that hold these moves too, with room to spare."""
    price = np.maximum(widths.price, moves.price) * WIDENING
    return Quote(np.ceil(price).astype(np.int64), np.maximum(widths.steep, moves.steep) * WIDENING)


def holds(widths: Quote, moves: Quote) -> bool:
    """Whether no option's cost moved farther than its width."""
    return bool((moves.price <= widths.price).all() and (moves.steep <= widths.steep).all())


def _pooled(moved: Float64s, least: Float64s | float) -> Float64s:
    typical = float(np.sqrt(np.square(moved).mean())) if moved.size else 0.0
    return np.maximum(np.maximum(moved, typical) * SPREADS, least)


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
        slack = float(np.median(widths.price)) / (MICROS * 2**market.bits)
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
