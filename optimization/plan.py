"""The plan: chosen candidates, their worth, the use of limits, and the proven bound."""

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
    """The use and the price of one limit.

    Attributes:
        use: in the unit of the limit; None: a ratio of zero over zero, or no plan.
        min, max: as the limit states them.
        shadow_price: currency per unit of the limit: >= 0 for a maximum that binds, <= 0 for a minimum that binds. One
            more unit changes the worth of the linear relaxation by at most this much in the plan's favour; one unit
            less costs at least this much.
        side: `max` or `min`, the bound that has the price; empty: no price.
        binding: whether the use is at a bound, or the price is not zero.
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
        engine, reason: the engine that searched, and why it was chosen.
        value: micros; Σ (value - cost) of the chosen, less what soft limits miss, rounded down.
        bound: micros; no plan is worth more.
        limits: one entry per limit, in the order given.
        conflict: names of limits that cannot hold together, none of which can be left out; empty if feasible.
        relaxation: a message, the least change of limits that makes a plan exist.
        proof: what proves the bound, or that no plan exists, as `optimization.proof` says.
        passes: the number of passes over all candidates.
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
    """(bound - value) / max(|bound|, 1), the 1 being one unit of the currency; both are in micros.

    Raises:
        AssertionError: the value is above the bound, which is an error of the optimizer.
    """
    if value > bound:
        raise AssertionError(f"the plan is worth {value} millionths, above the bound of {bound} that no plan can pass")
    return Fraction(bound - value, max(abs(bound), MICROS))
