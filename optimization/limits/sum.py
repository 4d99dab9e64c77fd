"""`sum: <column>`: the sum of a column over the chosen candidates."""

from fractions import Fraction
from math import ceil, floor

from conf.limit import Limit
from optimization.row import MILLION, Row


def rows(limit: Limit) -> tuple[Row, ...]:
    """Min <= Σ a_j x_j <= max, in millionths of the column's unit."""
    price = limit.shortfall_price
    return (
        Row(
            limit=limit.name,
            factors={str(limit.sum): 1},
            lower=None if limit.min is None else ceil(Fraction(limit.min) * MILLION),
            upper=None if limit.max is None else floor(Fraction(limit.max) * MILLION),
            unit=MILLION,
            shortfall_price=None if price is None else Fraction(price),
        ),
    )
