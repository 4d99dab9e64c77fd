"""A limit as an integer inequality over the chosen candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

MILLION = 1_000_000
CONTACTS = "contacts"
"""The column that is 1 for every candidate."""


@dataclass(frozen=True)
class Row:
    """lower <= sum over chosen candidates that match the limit's `where` of Σ_c factor_c * column_c <= upper.

    Attributes:
        limit: name of the limit.
        factors: column -> whole factor; `contacts` counts 1 for each candidate.
        lower, upper: in row units; None where there is no such bound.
        unit: row units in one unit of the limit.
        shortfall_price: millionths of the currency lost per row unit below `lower`; None: `lower` is hard.
        excess_price: the same above `upper`; no limit of ours has one, the search for a relaxation does.
    """

    limit: str
    factors: Mapping[str, int]
    lower: int | None
    upper: int | None
    unit: int
    shortfall_price: Fraction | None = None
    excess_price: Fraction | None = None

    def loss(self, use: int) -> Fraction | None:
        """Millionths lost because `use` misses a soft bound; None where it breaks a hard one."""
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
