"""A limit: a bound that many candidates share."""

from collections.abc import Mapping
from datetime import date, timedelta
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
LONGEST = {"week": 7, "month": 31, "quarter": 92}
"""Calendar period -> its days at most."""
PERCENT = 100


class Limit(Dated):
    """One shared bound on the plan: a count, the sum of a column, a ratio of two sums, or a share.

    `min <= use <= max`, where use is, over the chosen candidates that match `where`,
    their number (`count: contacts`), the sum of a column (`sum: cost`), or one sum over another
    (`ratio: [value, cost]`; a ratio of nothing over nothing keeps every bound). With `share_of`, a count or sum
    becomes its share of the same over the chosen candidates that match `share_of`; a share of nothing keeps every
    bound.

    With `per` or `days` it is a limit of many nights together: what committed sets of the period have used counts, and
    the rest is tonight's.

    Attributes:
        per: the calendar week (from Monday), month or quarter of the decision date.
        days: every so many consecutive days that contain the decision date; for a maximum.
        pace: `even` spreads what is left over the nights that are left of the period, `free` does not.
        where: which candidates count; of a share, of those that match `share_of` as well.
        share_of: of what the use is the share; `all`, or as `where`.
        min, max: in the limit's own unit (contacts, the column's unit, a pure ratio; of a share between 0 and 1, or
            as `60%`); at least one is needed.
        shortfall_price: money lost per unit by which `min` is missed; makes the minimum soft.
    """

    name: Title
    per: Literal["week", "month", "quarter"] | None = None
    days: Annotated[int, Field(ge=2, le=366)] | None = None
    pace: Literal["even", "free"] = "even"
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

    @model_validator(mode="after")
    def _coherent_period(self) -> "Limit":
        if self.per is not None and self.days is not None:
            raise ValueError("say either per or days: a calendar period, or a window of so many days")
        if self.is_of_period and self.is_quotient:
            raise ValueError("a limit of a period counts or sums; a ratio or share is of one night")
        if self.days is not None and self.min is not None:
            raise ValueError("a minimum is of a calendar period (per): a window of days has no last night")
        if self.per is None and "pace" in self.model_fields_set:
            raise ValueError("pace goes with per: it spreads what is left over the nights of a calendar period")
        return self

    @property
    def is_of_period(self) -> bool:
        """Whether it is of many nights together."""
        return self.per is not None or self.days is not None

    @property
    def reach_days(self) -> int:
        """Days before and after the decision date that may belong to its period."""
        return 0 if not self.is_of_period else self.days or LONGEST[self.per or "week"]

    def period_of(self, as_of: date) -> tuple[date, date]:
        """The first and the last day of the calendar period of a date; of days, of the window that ends on it."""
        if self.per == "week":
            first = as_of - timedelta(days=as_of.weekday())
            return first, first + timedelta(days=6)
        if self.per is None:
            return as_of - timedelta(days=(self.days or 1) - 1), as_of
        months = {"month": 1, "quarter": 3}[self.per]
        begins = (as_of.month - 1) // months * months
        after = begins + months
        return date(as_of.year, begins + 1, 1), date(as_of.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)

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
