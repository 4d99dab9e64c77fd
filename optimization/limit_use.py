"""The use, shadow price and shortfall of each limit in a plan, for reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from conf.limit import Limit
from conf.micros import MICROS
from optimization.bound import Prices
from optimization.certificate import Recount
from optimization.exact_sums import exact_sum
from optimization.limits import Row
from optimization.plan import LimitUse
from optimization.program import Program

SHOWN_DIGITS = 9


def limit_uses(
    limits: Sequence[Limit],
    counted: Recount | None,
    rows: Sequence[Row],
    prices: Prices,
    most: Callable[[int], int],
) -> tuple[LimitUse, ...]:
    """One entry per limit; without a plan only the bounds are filled in.

    Args:
        most: row position -> how much of the row all customers together could use (`most_of`).
    """
    if counted is None:
        return tuple(LimitUse(limit.name, None, limit.min, limit.max) for limit in limits)
    return tuple(_limit_use(limit, counted, rows, prices, most) for limit in limits)


def most_of(program: Program, position: int) -> int:
    """What a row's use would be if each customer took the candidate that uses most of it."""
    return exact_sum(np.maximum(np.maximum.reduceat(program.coefficients(position), program.start[:-1]), 0))


def _limit_use(
    limit: Limit, counted: Recount, rows: Sequence[Row], prices: Prices, most: Callable[[int], int]
) -> LimitUse:
    use = counted.uses[limit.name]
    priced = {
        position: price
        for position, price in enumerate(prices.as_floats())
        if rows[position].limit == limit.name and price != 0
    }
    price = sum(price * rows[position].unit / MICROS for position, price in priced.items())
    if limit.is_quotient:
        price *= float(counted.totals[limit.name][1])
    bounds = [Fraction(bound) for bound in (limit.min, limit.max) if bound is not None]
    shortfall = counted.shortfalls.get(limit.name, Fraction(0))
    return LimitUse(
        name=limit.name,
        use=None if use is None else as_decimal(use),
        min=limit.min,
        max=limit.max,
        shadow_price=float(price),
        side="max" if price > 0 else "min" if price < 0 else "",
        binding=bool(priced) or use in bounds,
        shortfall=as_decimal(shortfall),
        cause=_cause(limit, rows, prices, most) if shortfall > 0 else "",
    )


def _cause(limit: Limit, rows: Sequence[Row], prices: Prices, most: Callable[[int], int]) -> str:
    """Why a soft minimum is missed: not enough candidates, other limits, or a price too low to pay for it."""
    for position, row in enumerate(rows):
        if row.limit == limit.name and row.lower is not None and most(position) < row.lower:
            return "too few candidates"
    others = sorted({row.limit for row, price in zip(rows, prices.numerators, strict=True) if price > 0})
    if others:
        return f"held back by {', '.join(others)}"
    return "reaching it costs more than its shortfall_price"


def as_decimal(number: Fraction) -> Decimal:
    """The number, to nine decimals where it has more."""
    return Decimal(round(number * 10**SHOWN_DIGITS)).scaleb(-SHOWN_DIGITS).normalize() + Decimal(0)
