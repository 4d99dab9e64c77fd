"""A limit: a bound that many candidates share."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from conf.dated import Dated
from conf.strict import Title

Scalar = str | bool | int | Decimal
LARGEST_BOUND = 4 * 10**12
"""Sums are kept in millionths in 64 bits; nothing beyond this could be compared with them."""
MAX_DECIMALS = 20


def _check_size(number: Decimal) -> Decimal:
    if abs(number) > LARGEST_BOUND:
        raise ValueError(f"is too large: sums are kept in millionths, and none exceeds {LARGEST_BOUND} units")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MAX_DECIMALS:
        raise ValueError(f"has too many decimals: at most {MAX_DECIMALS} are read")
    return number


Bound = Annotated[Decimal, AfterValidator(_check_size)]
"""A number that can be compared with sums."""


class Limit(Dated):
    """One shared bound on the plan: a count, the sum of a column, or a ratio of two sums.

    `min <= use <= max`, where use is, over the chosen candidates that match `where`,
    their number (`count: contacts`), the sum of a column (`sum: cost`), or one sum over another
    (`ratio: [value, cost]`; a ratio of nothing over nothing keeps every bound).

    Attributes:
        where: column -> the values that count; a candidate must match every column named. Empty: all candidates.
        min, max: in the limit's own unit (contacts, the column's unit, a pure ratio); at least one is needed.
        shortfall_price: money lost per unit by which `min` is missed; makes the minimum soft.
    """

    name: Title
    count: Literal["contacts"] | None = None
    sum: str | None = None
    ratio: tuple[str, str] | None = None
    where: dict[str, Annotated[tuple[Scalar, ...], Field(min_length=1)]] = {}
    min: Bound | None = None
    max: Bound | None = None
    shortfall_price: Annotated[Bound, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _coherent(self) -> "Limit":
        if sum(kind is not None for kind in (self.count, self.sum, self.ratio)) != 1:
            raise ValueError("say exactly one of count, sum, ratio")
        if self.min is None and self.max is None:
            raise ValueError("say min, max or both; a limit without a bound limits nothing")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}")
        if self.shortfall_price is not None and self.min is None:
            raise ValueError("shortfall_price prices a missed min, and there is no min")
        return self
