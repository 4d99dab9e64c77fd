"""A limit: a bound that many candidates share."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

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


Where = dict[str, Annotated[tuple[Scalar, ...], Field(min_length=1)]]
"""Column -> the values that count; a candidate must match every column named. Empty: all candidates."""
ALL = "all"
PERCENT = 100


class Limit(Dated):
    """One shared bound on the plan: a count, the sum of a column, a ratio of two sums, or a share.

    `min <= use <= max`, where use is, over the chosen candidates that match `where`,
    their number (`count: contacts`), the sum of a column (`sum: cost`), or one sum over another
    (`ratio: [value, cost]`; a ratio of nothing over nothing keeps every bound). With `share_of`, a count or sum
    becomes its share of the same over the chosen candidates that match `share_of`; a share of nothing keeps every
    bound.

    Attributes:
        where: which candidates count; of a share, of those that match `share_of` as well.
        share_of: of what the use is the share; `all`, or as `where`.
        min, max: in the limit's own unit (contacts, the column's unit, a pure ratio; of a share between 0 and 1, or
            as `60%`); at least one is needed.
        shortfall_price: money lost per unit by which `min` is missed; makes the minimum soft.
    """

    name: Title
    count: Literal["contacts"] | None = None
    sum: str | None = None
    ratio: tuple[str, str] | None = None
    where: Where = {}
    share_of: Where | None = None
    min: Bound | None = None
    max: Bound | None = None
    shortfall_price: Annotated[Bound, Field(gt=0)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _share_in_numbers(cls, limit: Any) -> Any:
        """`share_of: all` is a share of every candidate, and `60%` is 0.6."""
        if not isinstance(limit, Mapping) or limit.get("share_of") is None:
            return limit
        written = dict(limit)
        if written["share_of"] == ALL:
            written["share_of"] = {}
        return written | {name: _of_percent(written[name]) for name in ("min", "max") if written.get(name) is not None}

    @model_validator(mode="after")
    def _coherent_share(self) -> "Limit":
        if self.share_of is None:
            return self
        if self.ratio is not None:
            raise ValueError("share_of goes with count or sum; a ratio of two columns has its own whole")
        if not self.where:
            raise ValueError("a share says with `where` which part it is of the whole that `share_of` names")
        if any(bound is not None and not 0 <= bound <= 1 for bound in (self.min, self.max)):
            raise ValueError("a share lies between 0 and 1, or 0% and 100%")
        return self

    @property
    def is_quotient(self) -> bool:
        """Whether its use is one sum over another; of nothing over nothing there is none."""
        return self.ratio is not None or self.share_of is not None

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


def _of_percent(bound: object) -> object:
    """`60%` as the number 0.6; anything else as it is."""
    if not (isinstance(bound, str) and bound.strip().endswith("%")):
        return bound
    try:
        return Decimal(bound.strip().removesuffix("%").strip()) / PERCENT
    except InvalidOperation:
        raise ValueError(f"{bound!r} is no share; write it as 0.6 or 60%") from None
