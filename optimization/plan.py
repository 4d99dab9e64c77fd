"""The chosen candidates, what they are worth and use, and how good they are proven to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conf.micros import MICROS


class Status(StrEnum):
    """How the search ended."""

    OPTIMAL = "optimal"
    WITHIN_GAP = "within_gap"
    INFEASIBLE = "infeasible"
    NO_PLAN_IN_TIME = "no_plan_in_time"


@dataclass(frozen=True)
class LimitUse:
    """What the plan does to one limit.

    Attributes:
        use: in the limit's own unit; None: a ratio of nothing over nothing, or no plan.
        min, max: as the limit states them.
        shadow_price: currency per unit, >= 0 where the maximum holds the plan back, <= 0 where the minimum
            drives it. Raising the bound by one unit changes the relaxation's worth by at most so much in the plan's
            favour, lowering it by at least so much against.
        side: `max` or `min`, the bound that the price is of; empty: no price.
        binding: the use cannot move by one more candidate, or the price is not zero.
        shortfall: units by which a soft minimum is missed.
        cause: why it is missed.
    """

    name: str
    use: Decimal | None
    min: Decimal | None
    max: Decimal | None
    shadow_price: float = 0.0
    side: str = ""
    binding: bool = False
    shortfall: Decimal = Decimal(0)
    cause: str = ""


@dataclass(frozen=True)
class Plan:
    """The outcome of a search.

    Attributes:
        chosen: (k,) int64 candidate indices of the problem, in ascending order of customer, offer and channel ids.
        has_plan: whether `chosen` keeps every limit; false where none was found or none exists.
        engine, reason: which engine searched, and why it was the one.
        value: millionths; Σ (value - cost) of the chosen, less what soft limits miss, rounded down.
        bound: millionths; no plan is worth more.
        limits: one entry per limit, in the order given.
        conflict: names of limits that cannot hold together, none of which can be left out; empty if feasible.
        relaxation: in words, the least change of limits that lets a plan exist.
        proof: what proves the bound, or that no plan exists, as `optimization.proof` says.
        passes: times that all candidates were looked at.
        seconds: time taken.
    """

    status: Status
    chosen: NDArray[np.int64]
    has_plan: bool
    value: int | None
    bound: int | None
    limits: tuple[LimitUse, ...]
    engine: str = ""
    reason: str = ""
    conflict: tuple[str, ...] = ()
    relaxation: str = ""
    proof: Mapping[str, Any] = field(default_factory=dict, repr=False)
    passes: int = 0
    seconds: float = 0.0

    @property
    def gap(self) -> float:
        """(bound - value) / max(|bound|, 1), the 1 being one unit of the currency; infinite without a plan."""
        return float("inf") if self.value is None or self.bound is None else float(exact_gap(self.value, self.bound))

    @property
    def shadow_price(self) -> dict[str, float]:
        """Limit -> currency per unit."""
        return {limit.name: limit.shadow_price for limit in self.limits}

    def limit(self, name: str) -> LimitUse:
        """The entry of one limit."""
        return next(limit for limit in self.limits if limit.name == name)


def exact_gap(value: int, bound: int) -> Fraction:
    """The share of the bound that the plan is proven to lack at most."""
    return Fraction(bound - value, max(abs(bound), MICROS))
