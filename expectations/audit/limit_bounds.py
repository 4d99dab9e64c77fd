"""The bounds of limits as sums over candidates, from the policy's plain data alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from expectations.audit.micros import MICROS

CONTACTS = "contacts"


@dataclass(frozen=True)
class LimitBound:
    """One bound of one limit: Σ over matching chosen candidates of Σ_c factors[c] * column c, against a level.

    Attributes:
        bound: `min` or `max`.
        factors: column -> factor; amounts count in their unit, `contacts` is 1 for every candidate.
        level: what the sum is held against, in the limit's unit; 0 for a ratio, whose bound is among the factors.
        parts: the sum is a whole number of so many parts of a unit.
        price: of a soft minimum, the currency lost per unit missed.
        where: column -> the values that count.
    """

    limit: str
    bound: str
    factors: Mapping[str, Fraction]
    level: Fraction
    parts: int
    price: Fraction | None
    where: Mapping[str, frozenset[object]]

    @property
    def sign(self) -> int:
        """+1 where more use is dearer, -1 where it is a service."""
        return 1 if self.bound == "max" else -1

    def granularity(self) -> int:
        """A whole number of millionths that divides what missing this bound costs; 0 where it costs nothing."""
        if self.price is None:
            return 0
        step = self.price * MICROS / self.parts
        return int(step) if step.denominator == 1 else 1


def limit_bounds_of(limits: list[Mapping[str, Any]]) -> list[LimitBound]:
    """Every bound of these limits, minima first."""
    return [side for limit in limits for side in _sides(limit)]


def value_of(label: object) -> object:
    """A label that equals another exactly where both mean the same: numbers by value, the rest as it is."""
    is_number = isinstance(label, int | float | Decimal) and not isinstance(label, bool)
    return Fraction(str(label)) if is_number else label


def _sides(limit: Mapping[str, Any]) -> Iterator[LimitBound]:
    where = {
        column: frozenset(value_of(value) for value in values) for column, values in (limit.get("where") or {}).items()
    }
    for bound in ("min", "max"):
        if limit.get(bound) is None:
            continue
        price = limit.get("shortfall_price") if bound == "min" else None
        sums = _sum(limit, bound, Fraction(str(limit[bound])))
        yield LimitBound(limit["name"], bound, *sums, None if price is None else Fraction(str(price)), where)


def _sum(limit: Mapping[str, Any], bound: str, level: Fraction) -> tuple[dict[str, Fraction], Fraction, int]:
    """The factors, the level and the parts; a level that the sum cannot meet moves to the next that it can."""
    if limit.get("ratio"):
        above, below = limit["ratio"]
        factors = {above: Fraction(1)}
        factors[below] = factors.get(below, Fraction(0)) - level
        return factors, Fraction(0), MICROS * level.denominator
    name, parts = (CONTACTS, 1) if limit.get("count") else (limit["sum"], MICROS)
    reached = ceil(level * parts) if bound == "min" else floor(level * parts)
    return {name: Fraction(1)}, Fraction(reached, parts), parts
