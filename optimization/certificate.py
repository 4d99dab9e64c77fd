"""The recount: worth and use of limits of chosen candidates, from the problem and the limits alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conf.limit import Limit
from conf.micros import MICROS, to_micros
from optimization.exact_sums import exact_sum
from optimization.options import matches, whole
from optimization.problem import Problem, capacity_of

ENDLESS = Fraction(10**18)
"""The ratio of a sum over zero."""


@dataclass(frozen=True)
class Recount:
    """The worth of chosen candidates, and the use and breaches of limits.

    Attributes:
        value: micros: Σ (value - cost), less what soft limits miss, rounded down.
        uses: limit -> use in the unit of the limit; None: a ratio or share of zero over zero.
        totals: limit -> its sum, in units; of a ratio or share both sums.
        shortfalls: soft limit -> units by which its minimum is missed.
        breaches: messages, what the chosen candidates break; empty for a plan.
    """

    value: int
    uses: dict[str, Fraction | None]
    totals: dict[str, tuple[Fraction, ...]]
    shortfalls: dict[str, Fraction]
    breaches: tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """Sums over chosen candidates; the tallies of disjoint customers add up.

    Attributes:
        net: micros, Σ (value - cost).
        totals: limit -> its sums, in units.
        repeated: customers chosen more than once.
        overfull: households with more members chosen than their capacity.
    """

    net: int
    totals: dict[str, tuple[Fraction, ...]]
    repeated: int
    overfull: int

    def as_facts(self) -> dict[str, Any]:
        """The tally as JSON values; fractions as text."""
        totals = {name: [str(total) for total in sums] for name, sums in self.totals.items()}
        return {"net": self.net, "totals": totals, "repeated": self.repeated, "overfull": self.overfull}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Tally:
        """The tally of these JSON values."""
        totals = {name: tuple(Fraction(total) for total in sums) for name, sums in facts["totals"].items()}
        return cls(facts["net"], totals, facts["repeated"], facts["overfull"])

    def __add__(self, other: Tally) -> Tally:
        totals = {
            name: tuple(a + b for a, b in zip(total, other.totals[name], strict=True))
            for name, total in self.totals.items()
        }
        return Tally(self.net + other.net, totals, self.repeated + other.repeated, self.overfull + other.overfull)


def recount(problem: Problem, limits: Sequence[Limit], chosen: NDArray[np.int64]) -> Recount:
    """Add up the chosen candidates in exact integers, and name what they break."""
    return recount_of(limits, tally(problem, limits, chosen), problem.max_per_household)


def tally(problem: Problem, limits: Sequence[Limit], chosen: NDArray[np.int64]) -> Tally:
    """Add up the chosen candidates in exact integers."""
    totals = {}
    for limit in limits:
        counted = chosen[matches(problem, limit, chosen)]
        totals[limit.name] = tuple(_sum(problem, name, counted) for name in _columns(limit))
        if limit.share_of is not None:
            (column,) = _columns(limit)
            totals[limit.name] += (_sum(problem, column, chosen[whole(problem, limit, chosen)]),)
    customers = problem.customer[chosen]
    overfull = 0
    if problem.max_per_household is not None and problem.household is not None:
        households = problem.household[customers]
        members = np.bincount(households[households >= 0])
        overfull = int((members > capacity_of(problem, np.arange(len(members)))).sum())
    net = exact_sum(problem.net[chosen])
    return Tally(net, totals, len(customers) - len(np.unique(customers)), overfull)


def recount_of(limits: Sequence[Limit], tallied: Tally, max_per_household: int | str | None) -> Recount:
    """The recount that follows from a tally."""
    breaches = [*_customer_breaches(tallied, max_per_household)]
    uses: dict[str, Fraction | None] = {}
    shortfalls: dict[str, Fraction] = {}
    loss = Fraction(0)
    for limit in limits:
        total = tallied.totals[limit.name]
        uses[limit.name] = use = _use(limit, total)
        missing = _missing(limit, total, use)
        if limit.shortfall_price is not None:
            shortfalls[limit.name] = missing
            loss += missing * to_micros(limit.shortfall_price)
        elif missing > 0:
            breaches.append(f"limit {limit.name!r}: {_shown(use)} is below min {limit.min}")
        if limit.max is not None and use is not None and use > Fraction(limit.max):
            breaches.append(f"limit {limit.name!r}: {_shown(use)} is above max {limit.max}")
    return Recount(tallied.net - ceil(loss), uses, tallied.totals, shortfalls, tuple(breaches))


def _columns(limit: Limit) -> tuple[str, ...]:
    return limit.ratio or (limit.sum or limit.count or "",)


def _use(limit: Limit, total: tuple[Fraction, ...]) -> Fraction | None:
    if not limit.is_quotient:
        return total[0]
    above, below = total
    if below == 0:
        return None if above == 0 else ENDLESS * (1 if above > 0 else -1)
    return above / below


def _missing(limit: Limit, total: tuple[Fraction, ...], use: Fraction | None) -> Fraction:
    """Units below `min`; for a ratio or a share, what its numerator lacks."""
    if limit.min is None or use is None or use >= Fraction(limit.min):
        return Fraction(0)
    if limit.is_quotient:
        return Fraction(limit.min) * total[1] - total[0]
    return Fraction(limit.min) - use


def _sum(problem: Problem, name: str, counted: NDArray[np.int64]) -> Fraction:
    if name == "contacts":
        return Fraction(len(counted))
    amount = problem.amount(name)
    if amount is None:
        raise KeyError(name)
    return Fraction(exact_sum(amount[counted]), MICROS)


def _customer_breaches(tallied: Tally, max_per_household: int | str | None) -> list[str]:
    breaches = []
    if tallied.repeated:
        breaches.append(f"{tallied.repeated} customers are chosen more than once")
    if tallied.overfull:
        breaches.append(f"{tallied.overfull} households have more than {max_per_household} members chosen")
    return breaches


def _shown(use: Fraction | None) -> str:
    return "nothing" if use is None else f"{float(use):.9g}"
