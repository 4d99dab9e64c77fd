"""The price search: minimises the dual function on growing samples, then on all customers within a price box."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from conf.micros import MICROS
from optimization.engines.customers import CustomerStore, Rest, share_of
from optimization.engines.kernel import Float64s, OptionCosts, PriceBox
from optimization.engines.lagrangian import HEAD, Lagrangian, on_grid
from optimization.engines.sifting import lowest, sift
from optimization.stopwatch import Stopwatch

SPREAD_PER_MOVE = 2.25
"""Spread over move. Samples grow by 8, so the next move is about 8 ** -0.5 of the last: this is over six of it."""
MIN_SPREAD = 1e-6
"""In typical gains: where all customers are equal, samples agree on prices that only the jitter separates."""
WIDENING = 2.0


def estimated_spread(lagrangian: Lagrangian, before: Float64s, after: Float64s) -> OptionCosts:
    """The spread to expect of option costs, from how far they moved between two price vectors.

    Overlapping limits can share a price in many ways: prices move where option costs do not. So the price box bounds
    option costs. An option that did not move gets the root mean square of the moves.

    Args:
        lagrangian: customers whose columns have typical amounts.
    """
    moves = lagrangian.moves(before, after)
    least = MIN_SPREAD * lagrangian.typical_gain * MICROS * 2**lagrangian.bits
    columns = np.maximum(np.abs(lagrangian.candidates.columns.astype(np.float64)).mean(axis=1), 1.0)[:, None]
    return OptionCosts(
        on_grid(np.ceil(_pooled(moves.price.astype(np.float64), least))),
        _pooled(moves.per_unit, least / columns),
    )


def widened(spread: OptionCosts, moves: OptionCosts) -> OptionCosts:
    """A spread that contains these moves too, with a margin."""
    price = np.maximum(spread.price, moves.price) * WIDENING
    return OptionCosts(on_grid(np.ceil(price)), np.maximum(spread.per_unit, moves.per_unit) * WIDENING)


def contains(spread: OptionCosts, moves: OptionCosts) -> bool:
    """Whether no option cost moved by more than its spread."""
    return bool((moves.price <= spread.price).all() and (moves.per_unit <= spread.per_unit).all())


def _pooled(moved: Float64s, least: Float64s | float) -> Float64s:
    typical = float(np.sqrt(np.square(moved).mean())) if moved.size else 0.0
    return np.maximum(np.maximum(moved, typical) * SPREAD_PER_MOVE, least)


SMALLEST_SAMPLE = 500
SMALLEST_PER_ROW = 20
"""Customers for each limit in the smallest sample: fewer give prices that depend on chance."""
GROWTH = 8
SMALLEST_BOXED = 50_000
"""Customers up to which evaluating all is as fast as fixing most of them first."""
OVERFITTING = 0.003
"""Times limits over customers: the share by which a sample's best prices beat good prices by chance."""
TOLERANCE = 1e-9
MAX_PASSES = 20
TRUST_RADIUS = 100.0
"""In median spreads (for samples, typical gains): prices stay this near until all candidates are read again."""


@dataclass(frozen=True)
class PriceSearchResult:
    """The prices at which the dual function is least, and the customers whom they leave undecided.

    Attributes:
        price: (rows,) the currency per scaled unit.
        lagrangian: the undecided customers.
        rest: the same as a program, with the totals of the fixed.
        box: the price box in which the others are fixed; None: nobody is.
        passes: the number of passes over all candidates.
    """

    price: Float64s
    lagrangian: Lagrangian
    rest: Rest
    box: PriceBox | None
    passes: int


def find_prices(store: CustomerStore, stopwatch: Stopwatch) -> PriceSearchResult:
    """The prices at which the dual function is least: on samples first, each of which makes the next price box smaller.

    A customer whose choice is the same in the whole box is fixed and drops out. The rest is a lower model of the dual
    function that is exact in the box. So an optimum inside the box is the optimum; where it lies outside, another pass
    is made with a wider box.
    """
    lagrangian = Lagrangian.of(store.first(HEAD))
    price, spread = np.zeros(lagrangian.rows), None
    trusted = _within_trust_region(lagrangian, price, TRUST_RADIUS * lagrangian.typical_gain)
    size = smallest = max(SMALLEST_SAMPLE, SMALLEST_PER_ROW * lagrangian.rows)
    while size * 2 < store.customers:
        before, tolerance = price, OVERFITTING * lagrangian.rows / size
        price = _level(
            store, trusted, size, price, spread, tolerance=tolerance, stopwatch=stopwatch, max_passes=1
        ).price
        spread = estimated_spread(lagrangian, before, price) if size > smallest else None
        size *= GROWTH
    return _level(
        store,
        lagrangian,
        store.customers,
        price,
        spread,
        tolerance=TOLERANCE,
        stopwatch=stopwatch,
        max_passes=MAX_PASSES,
    )


def _level(
    store: CustomerStore,
    lagrangian: Lagrangian,
    size: int,
    price: Float64s,
    spread: OptionCosts | None,
    *,
    tolerance: float,
    stopwatch: Stopwatch,
    max_passes: int,
) -> PriceSearchResult:
    """The best prices for the first customers, in a price box of this spread."""
    if spread is None or size <= SMALLEST_BOXED:
        return _unboxed(store, lagrangian, size, price, tolerance=tolerance, stopwatch=stopwatch)
    passes = 0
    while passes < max_passes:
        passes += 1
        box = lagrangian.option_costs(price), spread
        rest = store.rest(size, *box)
        undecided = lagrangian.holding(rest.program, share=share_of(store, rest.customers), used=rest.used).refined()
        slack = float(np.median(spread.price)) / (MICROS * 2**lagrangian.bits)
        descent = sift(
            _within_trust_region(undecided, price, TRUST_RADIUS * slack),
            price,
            slack,
            tolerance=tolerance,
            stopwatch=stopwatch,
        )
        moves = lagrangian.moves(price, descent.best.price)
        if contains(spread, moves) or stopwatch.is_over():
            break
        spread, price = widened(spread, moves), descent.best.price if descent.is_converged else price
    if not descent.is_converged:
        descent = lowest(undecided, descent.best.price, slack, tolerance=tolerance, stopwatch=stopwatch)
    return PriceSearchResult(descent.best.price, undecided, rest, box, passes)


def _unboxed(
    store: CustomerStore, lagrangian: Lagrangian, size: int, price: Float64s, *, tolerance: float, stopwatch: Stopwatch
) -> PriceSearchResult:
    """The same for so few customers that none are fixed first."""
    program = store.first(size)
    rest = Rest(program, program.customers, [0] * lagrangian.rows, 0, np.zeros(0, dtype=np.int64))
    sample = lagrangian.holding(program, share=share_of(store, program.customers)).refined()
    descent = lowest(sample, price, lagrangian.typical_gain, tolerance=tolerance, stopwatch=stopwatch)
    return PriceSearchResult(descent.best.price, sample, rest, None, descent.evaluations)


def _within_trust_region(lagrangian: Lagrangian, price: Float64s, radius: float) -> Lagrangian:
    """The relaxation with prices near these: where the wrong customers are fixed, prices could be unbounded."""
    return replace(
        lagrangian,
        min_price=np.maximum(lagrangian.min_price, price - radius),
        max_price=np.minimum(lagrangian.max_price, price + radius),
    )
