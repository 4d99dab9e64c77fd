"""Draws the control arms and the customers who get a random offer (exploration)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from conf.limit import Limit
from conf.policy import SEGMENT, Control, Exploration
from conf.settings import Settings
from jobs.core.draws import drawn_numbers, is_drawn
from jobs.core.secrets import salt as salt_of
from jobs.planning.exploration import non_scarce
from jobs.planning.must_send_plan import is_must_send
from optimization import Problem

EXPLORES = "explores"
EXPLORATION = "exploration"

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Experiments:
    """What chance decides about n candidates before the plan is made.

    Attributes:
        unit: (n,) the customer of each candidate, or its household where the policy counts households; 0 ..
        is_in_arm: (n,) whether it would be kept back: its customer belongs to the control arm of its offer.
        explored: positions of the candidates that were drawn, one for each unit that explores.
        chance: (n,) the probability with which exploration draws it.
        share: of units that explore.
        is_must: (n,) whether it must be sent; no experiment touches it.
    """

    unit: Rows
    is_in_arm: Mask
    explored: Rows
    chance: NDArray[np.float64]
    share: float
    is_must: Mask

    def kept_back(self, planned: Rows) -> Rows:
        """Of the positions that a plan without experiments chooses, those that become the control group."""
        explores = np.isin(self.unit[planned], self.unit[self.explored])
        return planned[self.is_in_arm[planned] & ~explores]

    def open_to_plan(self, control: Rows) -> Mask:
        """(n,) what is left to plan with: nothing of the control group, of arms, or beside what was drawn."""
        is_spoken_for = np.isin(self.unit, np.concatenate([self.unit[control], self.unit[self.explored]]))
        is_open = ~self.is_in_arm & ~is_spoken_for
        is_open[self.explored] = True
        return is_open | self.is_must

    def probability(self, chosen: Rows, planned: Rows) -> NDArray[np.float64]:
        """(k,) with which each chosen position came out, over the draws: by exploration, or by the plan without it."""
        by_plan = np.where(self.is_must[chosen], 1.0, 1 - self.share)
        probability: NDArray[np.float64] = self.chance[chosen] + by_plan * np.isin(chosen, planned)
        return probability


def draw(
    candidates: pa.Table, problem: Problem, limits: Sequence[Limit], settings: Settings, as_of: date
) -> Experiments:
    """Draw the control arms and the night's exploration."""
    policy, counts_households = settings.policy, problem.max_per_household is not None
    ids, unit = _units(candidates, "household_id" if counts_households else "customer_id")
    is_must = is_must_send(candidates, settings.must_sends_on(as_of))
    is_in_arm = _arms(candidates, settings, policy.control) if policy.control else np.zeros(len(unit), dtype=bool)
    is_in_arm &= ~is_must
    if policy.exploration is None:
        return Experiments(unit, is_in_arm, np.zeros(0, dtype=np.int64), np.zeros(len(unit)), 0.0, is_must)
    explores, number = _explorers(ids, policy.exploration, as_of)
    explores[unit[is_must]] = False
    takes_capacity = (explores[unit] & ~is_in_arm) | is_must  # what is drawn leaves what must-sends may need
    is_offered = ~is_in_arm & ~np.isin(unit, unit[is_must]) & non_scarce(problem, limits, unit, takes_capacity)
    size = np.bincount(unit[is_offered], minlength=len(ids))
    chance = np.where(is_offered, policy.exploration.share / np.maximum(size[unit], 1), 0.0)
    explored = _picks(problem, unit, is_offered & explores[unit], number, size)
    return Experiments(unit, is_in_arm, explored, chance, policy.exploration.share, is_must)


def exploration_limit(explored: int) -> Limit:
    """What was drawn is sent: the plan takes it as a demand like others."""
    return Limit(name=EXPLORATION, count="contacts", where={EXPLORES: (True,)}, min=explored)


def _units(candidates: pa.Table, name: str) -> tuple[NDArray[np.object_], Rows]:
    column = candidates[name].combine_chunks().dictionary_encode()
    column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    ids = np.array(column.dictionary.to_pylist(), dtype=object)
    return ids, column.indices.to_numpy().astype(np.int64)


def _arms(candidates: pa.Table, settings: Settings, control: Control) -> Mask:
    """Whether each candidate's customer belongs to the control arm of its offer."""
    customers, customer = _units(candidates, "customer_id")
    offers, offer = _units(candidates, "offer_id")
    offer_of = {offer.id: offer for offer in settings.offers}
    is_in_arm = np.zeros(len(customer), dtype=bool)
    for code, offer_id in enumerate(offers):
        if control.offers.includes(offer_of[offer_id]):
            rows = np.flatnonzero(offer == code)
            drawn = is_drawn(
                customers, share=control.share, salt=salt_of(control.salt), purpose=f"control arm of {offer_id}"
            )
            is_in_arm[rows] = drawn[customer[rows]]
    return is_in_arm & _is_in_any(candidates, control.segments)


def _is_in_any(candidates: pa.Table, segments: Sequence[str] | None) -> Mask | bool:
    """(n,) whether each candidate's customer is in one of these segments; None: whoever it is."""
    if segments is None:
        return True
    column = candidates[SEGMENT].combine_chunks()
    is_named = pc.is_in(column.values, pa.array(segments, pa.string())).to_numpy(zero_copy_only=False)
    starts = column.offsets.to_numpy()
    named_before = np.concatenate([[0], np.cumsum(is_named)])
    is_in: Mask = named_before[starts[1:]] > named_before[starts[:-1]]
    return is_in


def _explorers(ids: NDArray[np.object_], exploration: Exploration, as_of: date) -> tuple[Mask, NDArray[np.uint64]]:
    """Which units explore on this night, and the number with which each draws."""
    salt = salt_of(exploration.salt)
    explores = is_drawn(ids, share=exploration.share, salt=salt, purpose=f"explores on {as_of}")
    return explores, drawn_numbers(ids, salt=salt, purpose=f"drawn on {as_of}")


def _picks(problem: Problem, unit: Rows, is_open: Mask, number: NDArray[np.uint64], size: Rows) -> Rows:
    """One open position for each unit, each with the same chance."""
    positions = np.flatnonzero(is_open)
    keys = (problem.channel[positions], problem.offer[positions], problem.customer[positions], unit[positions])
    in_order = positions[np.lexsort(keys)]
    first = np.flatnonzero(np.diff(unit[in_order], prepend=-1))
    units = unit[in_order[first]]
    return np.sort(in_order[first + (number[units] % size[units].astype(np.uint64)).astype(np.int64)])
