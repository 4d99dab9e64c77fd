"""`count: contacts`: how many candidates are chosen."""

from decimal import Decimal
from fractions import Fraction

from conf.limit import Limit
from optimization.errors import BadInput
from optimization.row import CONTACTS, MILLION, Row


def rows(limit: Limit) -> tuple[Row, ...]:
    """Min <= Σ x_j <= max, in contacts."""
    price = limit.shortfall_price
    return (
        Row(
            limit=limit.name,
            factors={CONTACTS: 1},
            lower=_whole(limit, limit.min),
            upper=_whole(limit, limit.max),
            unit=1,
            shortfall_price=None if price is None else Fraction(price) * MILLION,
        ),
    )


def _whole(limit: Limit, bound: Decimal | None) -> int | None:
    if bound is not None and bound != int(bound):
        raise BadInput(f"limit {limit.name!r}: contacts are counted in whole numbers, found {bound}")
    return None if bound is None else int(bound)
