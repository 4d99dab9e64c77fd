"""Limits as integer inequalities over the chosen candidates; the kinds are count, sum, ratio and share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from conf.limit import Limit
from conf.micros import MICROS, to_micros
from optimization.errors import BadInput

CONTACTS = "contacts"
"""The column that is 1 for every candidate."""


@dataclass(frozen=True)
class Row:
    """lower <= sum over chosen candidates that match the limit of Σ_c factor_c * column_c <= upper.

    Attributes:
        limit: name of the limit.
        factors: column -> whole factor; `contacts` counts 1 for each candidate.
        whole_factors: of a share, column -> what is added for each candidate of the whole (`share_of`).
        lower, upper: in row units; None where there is no such bound.
        unit: row units in one unit of the limit.
        shortfall_price: micros of the currency lost per row unit below `lower`; None: `lower` is hard.
        excess_price: the same above `upper`; policies state none, the elastic program sets it.
    """

    limit: str
    factors: Mapping[str, int]
    lower: int | None
    upper: int | None
    unit: int
    shortfall_price: Fraction | None = None
    excess_price: Fraction | None = None
    whole_factors: Mapping[str, int] = field(default_factory=dict)

    @property
    def columns(self) -> set[str]:
        """Every column that it adds up."""
        return {*self.factors, *self.whole_factors}

    def steepest(self, column: str) -> int:
        """The largest size of a factor of the column."""
        part, whole = self.factors.get(column, 0), self.whole_factors.get(column, 0)
        return max(abs(part + whole), abs(whole), abs(part))

    def reachable(self, step: int) -> Row:
        """The same with hard bounds moved to what sums of multiples of `step` can reach; every plan that kept it, does.

        With calls of 7.5 minutes, 290 minutes are 285: the bound of the relaxation is as much lower.
        """
        if step <= 1:
            return self
        lower, upper = self.lower, self.upper
        if lower is not None and self.shortfall_price is None:
            lower = -(-lower // step) * step
        if upper is not None and self.excess_price is None:
            upper = upper // step * step
        has_any = (
            lower is None or upper is None or lower <= upper
        )  # where nothing is between them, the stated ones say so
        return replace(self, lower=lower, upper=upper) if has_any else self

    def loss(self, use: int) -> Fraction | None:
        """Micros lost because `use` misses a soft bound; None where it breaks a hard bound."""
        for missing, price in ((self.missing(use), self.shortfall_price), (self.excess(use), self.excess_price)):
            if missing > 0:
                return None if price is None else missing * price
        return Fraction(0)

    def missing(self, use: int) -> int:
        """Row units by which `use` lies below `lower`."""
        return max(0, self.lower - use) if self.lower is not None else 0

    def excess(self, use: int) -> int:
        """Row units by which `use` lies above `upper`."""
        return max(0, use - self.upper) if self.upper is not None else 0


def kind_of(limit: Limit) -> str:
    """The kind of the limit: count, ratio, share or sum."""
    if limit.share_of is not None:
        return "share"
    return next(name for name in ("count", "ratio", "sum") if getattr(limit, name) is not None)


def rows_of(limit: Limit) -> tuple[Row, ...]:
    """The integer inequalities that say the same as the limit.

    Raises:
        BadInput: a bound that cannot be stated in whole units.
    """
    return tuple(KINDS[kind_of(limit)](limit))


def _count_rows(limit: Limit) -> Iterator[Row]:
    """`count: contacts`: min <= Σ x_j <= max, in contacts."""
    price = limit.shortfall_price
    yield Row(
        limit=limit.name,
        factors={CONTACTS: 1},
        lower=_whole(limit, limit.min),
        upper=_whole(limit, limit.max),
        unit=1,
        shortfall_price=None if price is None else to_micros(price),
    )


def _whole(limit: Limit, bound: Decimal | None) -> int | None:
    if bound is not None and bound != int(bound):
        raise BadInput(f"limit {limit.name!r}: contacts are counted in whole numbers, found {bound}")
    return None if bound is None else int(bound)


def _sum_rows(limit: Limit) -> Iterator[Row]:
    """`sum: a`: min <= Σ a_j x_j <= max, in micros of the column's unit."""
    price = limit.shortfall_price
    yield Row(
        limit=limit.name,
        factors={str(limit.sum): 1},
        lower=None if limit.min is None else ceil(to_micros(limit.min)),
        upper=None if limit.max is None else floor(to_micros(limit.max)),
        unit=MICROS,
        shortfall_price=None if price is None else Fraction(price),
    )


def _ratio_rows(limit: Limit) -> Iterator[Row]:
    """`ratio: [a, b]` with a bound p/q: q Σ a_j x_j - p Σ b_j x_j >= 0 (a minimum) or <= 0 (a maximum).

    The shortfall of a soft minimum is what Σ a lacks, in units of `a`.
    """
    if limit.min is not None:
        price = limit.shortfall_price
        yield _ratio_row(limit, limit.min, lower=0, price=None if price is None else Fraction(price))
    if limit.max is not None:
        yield _ratio_row(limit, limit.max, upper=0)


def _ratio_row(
    limit: Limit, bound: Decimal, *, lower: int | None = None, upper: int | None = None, price: Fraction | None = None
) -> Row:
    above, below = limit.ratio or ("", "")
    p, q = Fraction(bound).as_integer_ratio()
    factors = {above: q * _micros_per_unit(above)}
    factors[below] = factors.get(below, 0) - p * _micros_per_unit(below)
    return Row(
        limit=limit.name,
        factors=factors,
        lower=lower,
        upper=upper,
        unit=q * MICROS,
        shortfall_price=None if price is None else price / q,
    )


def _share_rows(limit: Limit) -> Iterator[Row]:
    """A share of a column a with a bound p/q: q Σ_part a_j x_j - p Σ_whole a_j x_j >= 0 (a minimum) or <= 0.

    The shortfall of a soft minimum is what the part lacks, in units of `a`.
    """
    if limit.min is not None:
        yield _share_row(limit, limit.min, lower=0, price=limit.shortfall_price)
    if limit.max is not None:
        yield _share_row(limit, limit.max, upper=0)


def _share_row(
    limit: Limit, bound: Decimal, *, lower: int | None = None, upper: int | None = None, price: Decimal | None = None
) -> Row:
    column = CONTACTS if limit.count else str(limit.sum)
    p, q = Fraction(bound).as_integer_ratio()
    parts = 1 if column == CONTACTS else MICROS
    return Row(
        limit=limit.name,
        factors={column: q},
        lower=lower,
        upper=upper,
        unit=q * parts,
        shortfall_price=None if price is None else to_micros(price) / (q * parts),
        whole_factors={column: -p},
    )


def _micros_per_unit(column: str) -> int:
    """Amounts are in micros; a contact counts as a million of them."""
    return MICROS if column == CONTACTS else 1


KINDS: Mapping[str, Callable[[Limit], Iterator[Row]]] = {
    "count": _count_rows,
    "ratio": _ratio_rows,
    "share": _share_rows,
    "sum": _sum_rows,
}
"""Kind of a limit -> the rows that it states."""
