"""What a plan does to each limit, for people."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from conf.limit import Limit
from optimization.certificate import Recount
from optimization.plan import LimitUse
from optimization.prices import Prices
from optimization.program import Program
from optimization.row import MILLION

SHOWN_DIGITS = 9


def limit_uses(
    limits: Sequence[Limit], counted: Recount | None, program: Program, prices: Prices
) -> tuple[LimitUse, ...]:
    """One entry per limit; without a plan only the bounds are known."""
    if counted is None:
        return tuple(LimitUse(limit.name, None, limit.min, limit.max) for limit in limits)
    return tuple(_limit_use(limit, counted, program, prices) for limit in limits)


def _limit_use(limit: Limit, counted: Recount, program: Program, prices: Prices) -> LimitUse:
    use = counted.uses[limit.name]
    priced = {
        place: price
        for place, price in enumerate(prices.as_floats())
        if program.rows[place].limit == limit.name and price != 0
    }
    price = sum(price * program.rows[place].unit / MILLION for place, price in priced.items())
    if limit.ratio is not None:
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
        cause=_cause(limit, program, prices) if shortfall > 0 else "",
    )


def _cause(limit: Limit, program: Program, prices: Prices) -> str:
    """Why a soft minimum is missed: not enough candidates, other limits, or a price too low to pay for it."""
    own = [place for place, row in enumerate(program.rows) if row.limit == limit.name and row.lower is not None]
    for place in own:
        most = int(np.maximum(np.maximum.reduceat(program.coefficients(place), program.start[:-1]), 0).sum())
        if most < (program.rows[place].lower or 0):
            return "too few candidates"
    others = sorted({row.limit for row, price in zip(program.rows, prices.numerators, strict=True) if price > 0})
    if others:
        return f"held back by {', '.join(others)}"
    return "reaching it costs more than its shortfall_price"


def as_decimal(number: Fraction) -> Decimal:
    """The number, to nine decimals where it has more."""
    return Decimal(round(number * 10**SHOWN_DIGITS)).scaleb(-SHOWN_DIGITS).normalize() + Decimal(0)
