"""How far what options cost may still move: the box in which customers are decided."""

from __future__ import annotations

import numpy as np

from optimization.engines.kernel import Float64s, Quote
from optimization.engines.market import Market
from optimization.limits import MILLION

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
    least = NARROWEST * market.typical_gain * MILLION * 2**market.bits
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
