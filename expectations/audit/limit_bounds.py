"""The bounds of limits as sums over candidates, from the policy's plain data alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from expectations.audit.micros import MICROS

CONTACTS = "contacts"


@dataclass(frozen=True)
class Term:
    """Σ over matching chosen candidates of Σ_c factors[c] * column c.

    Attributes:
        factors: column -> factor; amounts count in their unit, `contacts` is 1 for every candidate.
        where: column and the values that count; all of them must match.
    """

    factors: Mapping[str, Fraction]
    where: Sequence[tuple[str, frozenset[object]]]


@dataclass(frozen=True)
class LimitBound:
    """One bound of one limit: the sum of its terms against a level.

    Attributes:
        bound: `min` or `max`.
        terms: one, and of a share a second for the whole.
        level: what the sum is held against, in the limit's unit; 0 for a ratio or a share, whose bound is among the
            factors.
        parts: the sum is a whole number of so many parts of a unit.
        price: of a soft minimum, the currency lost per unit missed.
    """

    limit: str
    bound: str
    terms: Sequence[Term]
    level: Fraction
    parts: int
    price: Fraction | None

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
    for bound in ("min", "max"):
        if limit.get(bound) is None:
            continue
        price = limit.get("shortfall_price") if bound == "min" else None
        sums = _sum(limit, bound, exact_bound(limit[bound]))
        yield LimitBound(limit["name"], bound, *sums, None if price is None else Fraction(str(price)))


def exact_bound(written: object) -> Fraction:
    """A bound as it stands in the policy: a number, or of a share a text like 60%."""
    text = str(written).strip()
    return Fraction(text.removesuffix("%").strip()) / 100 if text.endswith("%") else Fraction(text)


def whole_of(limit: Mapping[str, Any]) -> Mapping[str, Sequence[Any]] | None:
    """What a share is a share of, as `where`; None: the limit is no share."""
    whole = limit.get("share_of")
    return {} if whole == "all" else whole


def _named(where: Mapping[str, Sequence[Any]] | None) -> list[tuple[str, frozenset[object]]]:
    return [(column, frozenset(value_of(value) for value in values)) for column, values in (where or {}).items()]


def _sum(limit: Mapping[str, Any], bound: str, level: Fraction) -> tuple[list[Term], Fraction, int]:
    """The terms, the level and the parts; a level that the sum cannot meet moves to the next that it can."""
    counted, whole = _named(limit.get("where")), whole_of(limit)
    if limit.get("ratio"):
        above, below = limit["ratio"]
        factors = {above: Fraction(1)}
        factors[below] = factors.get(below, Fraction(0)) - level
        return [Term(factors, counted)], Fraction(0), MICROS * level.denominator
    name, parts = (CONTACTS, 1) if limit.get("count") else (limit["sum"], MICROS)
    if whole is not None:
        of_whole = Term({name: -level}, _named(whole))
        part = Term({name: Fraction(1)}, [*counted, *_named(whole)])
        return [part, of_whole], Fraction(0), parts * level.denominator
    reached = ceil(level * parts) if bound == "min" else floor(level * parts)
    return [Term({name: Fraction(1)}, counted)], Fraction(reached, parts), parts
