"""`ratio: [a, b]`: the sum of one column over the sum of another."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from conf.limit import Limit
from optimization.row import CONTACTS, MILLION, Row


def rows(limit: Limit) -> tuple[Row, ...]:
    """With a bound p/q: q Σ a_j x_j - p Σ b_j x_j >= 0 (a minimum) or <= 0 (a maximum).

    The shortfall of a soft minimum is the part of `a` that is missing, in units of `a`.
    """
    return tuple(_rows(limit))


def _rows(limit: Limit) -> Iterator[Row]:
    if limit.min is not None:
        price = limit.shortfall_price
        yield _row(limit, limit.min, lower=0, price=None if price is None else Fraction(price))
    if limit.max is not None:
        yield _row(limit, limit.max, upper=0)


def _row(
    limit: Limit, bound: Decimal, *, lower: int | None = None, upper: int | None = None, price: Fraction | None = None
) -> Row:
    above, below = limit.ratio or ("", "")
    p, q = Fraction(bound).as_integer_ratio()
    factors = {above: q * _parts(above)}
    factors[below] = factors.get(below, 0) - p * _parts(below)
    return Row(
        limit=limit.name,
        factors=factors,
        lower=lower,
        upper=upper,
        unit=q * MILLION,
        shortfall_price=None if price is None else price / q,
    )


def _parts(name: str) -> int:
    """A contact counts as a million millionths, as amounts do."""
    return MILLION if name == CONTACTS else 1
