"""The bound that a published proof gives, from the candidates and the policy alone, in exact integers.

Nothing here is shared with what searched for the plan or with what first computed the bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import ceil, floor, gcd
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from expectations.audit.candidate_arrays import SAFE, CandidateArrays, Numbers, largest_of
from expectations.audit.limit_bounds import LimitBound, limit_bounds_of
from expectations.audit.micros import MICROS

GRID = 2**8
"""Gains are counted in so many parts of a millionth, rounded up."""
FORCED = -1


@dataclass(frozen=True)
class Part:
    """Some of all plans: only candidates that are alive, and every candidate that is forced."""

    is_alive: NDArray[np.bool_]
    forced: tuple[int, ...] = ()


def proven_bound(
    table: pa.Table,
    limits: Sequence[Mapping[str, Any]],
    proof: Mapping[str, Any],
    worth: int | None,
    *,
    gain: NDArray[np.int64] | None = None,
) -> int | None:
    """What no plan of these candidates can exceed, in millionths; None where the proof shows that there is no plan.

    Args:
        table: every candidate; amounts in int64 millionths.
        limits: those in force, as the policy's plain data.
        proof: prices, and perhaps a tree, as published.
        worth: what the plan in hand is worth, in millionths; None: there is none.
        gain: what each candidate adds to the worth of a plan, in millionths; None: its value less its cost.

    Raises:
        ValueError: the proof names what is not there, or a price that proves nothing.
    """
    arrays = CandidateArrays.of(table, limit_bounds_of(list(limits)), proof["max_per_household"])
    arrays = arrays if gain is None else replace(arrays, net=gain)
    arrays = without_oversized(with_reachable_levels(arrays))
    root = _Gains(arrays, prices_of(arrays.sides, proof["prices"]))
    whole = Part(np.ones(len(arrays.net), dtype=bool))
    bound = root.bound(whole)
    granularity = _granularity(arrays)
    if not proof["tree"]:
        return _whole(bound, granularity)
    above = whole if worth is None else Part(root.regret() <= floor((bound - worth) * GRID))
    below = _below(arrays, proof["tree"], above, granularity)
    bounds_above = [bound_above for bound_above in (worth, below) if bound_above is not None]
    return min(_whole(bound, granularity), max(bounds_above)) if bounds_above else None


def prices_of(sides: Sequence[LimitBound], stated: Sequence[Mapping[str, str]]) -> list[Fraction]:
    """One price per side, >= 0, in millionths of the currency per unit.

    Raises:
        ValueError: a price of a bound that no limit has, a negative one, or one above what missing the bound costs.
    """
    price_of = {(price["limit"], price["bound"]): Fraction(price["price"]) for price in stated}
    prices = [price_of.pop((side.limit, side.bound), Fraction(0)) for side in sides]
    if price_of:
        raise ValueError("the proof prices a bound that no limit in force has")
    for side, price in zip(sides, prices, strict=True):
        if price < 0 or (side.price is not None and price > side.price * MICROS):
            raise ValueError("the proof has a price that proves nothing")
    return prices


def with_reachable_levels(arrays: CandidateArrays) -> CandidateArrays:
    """The arrays with each hard bound at a level that sums of what candidates count can reach.

    Whatever plan keeps the level that is stated keeps this one.
    """
    return replace(arrays, sides=[_reachable(arrays, place) for place in range(len(arrays.sides))])


def _reachable(arrays: CandidateArrays, place: int) -> LimitBound:
    side = arrays.sides[place]
    counts, unit = arrays.weighted([Fraction(int(place == other)) for other in range(len(arrays.sides))])
    step = int(np.gcd.reduce(counts)) if counts.dtype != object else gcd(*counts)
    if side.price is not None or step == 0:
        return side
    steps = side.level * unit / step
    return replace(side, level=Fraction((floor(steps) if side.bound == "max" else ceil(steps)) * step, unit))


def without_oversized(arrays: CandidateArrays) -> CandidateArrays:
    """The arrays without candidates that alone use more of a maximum than it offers, where nothing gives any back."""
    is_kept = np.ones(len(arrays.net), dtype=bool)
    for place, side in enumerate(arrays.sides):
        if side.bound == "max":
            use, unit = arrays.weighted([Fraction(int(place == other)) for other in range(len(arrays.sides))])
            if use.min(initial=0) >= 0:
                is_kept &= use <= floor(side.level * unit)
    return arrays if is_kept.all() else arrays.only(is_kept)


class _Gains:
    """What customers gain from each candidate at given prices, on the grid."""

    def __init__(self, arrays: CandidateArrays, prices: Sequence[Fraction], *, counts_value: bool = True) -> None:
        self._arrays = arrays
        weights = [side.sign * price for side, price in zip(arrays.sides, prices, strict=True)]
        charge, unit = arrays.weighted(weights)
        on_grid = charge // (unit // GRID) if unit % GRID == 0 else charge.astype(object) * GRID // unit
        fits = on_grid.dtype != object and largest_of(arrays.net) * GRID + largest_of(on_grid) < SAFE
        net = arrays.net * counts_value
        self.gain: Numbers = net * GRID - on_grid if fits else net.astype(object) * GRID - on_grid
        self._constant = sum(
            (side.sign * price * side.level for side, price in zip(arrays.sides, prices, strict=True)),
            Fraction(0),
        )

    def bound(self, part: Part) -> Fraction:
        """Millionths that no plan of the part is worth more than."""
        arrays, forced = self._arrays, list(part.forced)
        best = np.zeros(len(arrays.household), dtype=self.gain.dtype)
        np.maximum.at(best, arrays.customer[part.is_alive], self.gain[part.is_alive])
        best[arrays.customer[forced]] = FORCED
        total = sum(int(self.gain[place]) for place in forced) + self._of_households(best)
        return Fraction(total, GRID) + self._constant

    def regret(self) -> Numbers:
        """What each candidate is worth less than its customer's best; of members of a household, than nothing."""
        if self._arrays.household_capacity is not None:
            return -np.minimum(self.gain, 0)
        best = np.zeros(len(self._arrays.household), dtype=self.gain.dtype)
        np.maximum.at(best, self._arrays.customer, self.gain)
        regret: Numbers = best[self._arrays.customer] - self.gain
        return regret

    def _of_households(self, best: Numbers) -> int:
        """The gains of each household's best members, as many as the forced ones leave capacity for."""
        household, capacity = self._arrays.household, self._arrays.household_capacity
        if capacity is None:
            return _sum(best[best > 0])
        remaining = capacity - np.bincount(household[best == FORCED], minlength=int(household.max(initial=-1)) + 1)
        order = np.lexsort((-best, household))
        begins = np.searchsorted(household[order], household[order])
        is_in = (np.arange(len(order)) - begins < remaining[household[order]]) & (best[order] > 0)
        return _sum(best[order][is_in])


def _below(arrays: CandidateArrays, nodes: Sequence[Mapping[str, Any]], part: Part, granularity: int) -> int | None:
    """The largest bound over the tree's leaves; None where every leaf is shown to hold no plan."""
    bounds: list[int] = []
    open_nodes: list[tuple[Mapping[str, Any], Part]] = [(nodes[0], part)]
    while open_nodes:
        node, here = open_nodes.pop()
        if "split" in node:
            chosen, left_out = _split(arrays, here, arrays.place_of.get(tuple(node["split"])))
            open_nodes += [(nodes[node["chosen"]], chosen), (nodes[node["left_out"]], left_out)]
        else:
            bound = _of_leaf(arrays, node, here)
            bounds += [] if bound is None else [_whole(bound, granularity)]
    return max(bounds, default=None)


def _of_leaf(arrays: CandidateArrays, leaf: Mapping[str, Any], part: Part) -> Fraction | None:
    prices = prices_of(arrays.sides, leaf["prices"])
    if leaf["is_empty"]:
        hard = [price if side.price is None else Fraction(0) for side, price in zip(arrays.sides, prices, strict=True)]
        if _Gains(arrays, hard, counts_value=False).bound(part) < 0:
            return None
    return _Gains(arrays, prices).bound(part)


def _split(arrays: CandidateArrays, part: Part, candidate: int | None) -> tuple[Part, Part]:
    """The plans of a part that choose the candidate, and those that do not."""
    if candidate is None:
        raise ValueError("the proof's tree splits on a candidate that is not there")
    without = part.is_alive.copy()
    without[candidate] = False
    siblings = part.is_alive & (arrays.customer != arrays.customer[candidate])
    siblings[candidate] = True
    return Part(siblings, (*part.forced, candidate)), Part(without, part.forced)


def _granularity(arrays: CandidateArrays) -> int:
    """A whole number of millionths that divides the worth of every plan."""
    return (
        reduce(
            gcd,
            (side.granularity() for side in arrays.sides),
            int(np.gcd.reduce(arrays.net)) if len(arrays.net) else 0,
        )
        or 1
    )


def _whole(bound: Fraction, granularity: int) -> int:
    return floor(bound / granularity) * granularity


def _sum(amounts: Numbers) -> int:
    """The exact sum: by int64 where the largest amount shows that it cannot overflow, else by Python's integers."""
    total = 0
    for chunk in np.array_split(amounts, 1 + len(amounts) // 2**12):
        is_safe = chunk.dtype != object and largest_of(chunk) * len(chunk) < SAFE
        total += int(chunk.sum()) if is_safe else int(sum(chunk.tolist()))
    return total
