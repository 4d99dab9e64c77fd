"""The bound that a published proof gives, from the candidates and the policy alone, in exact integers.

Nothing here is shared with what searched for the plan or with what first computed the bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import floor, gcd
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from expectations.audit.candidate_arrays import SAFE, Menus, Numbers, largest_of
from expectations.audit.limit_bounds import Side, sides_of
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
    table: pa.Table, limits: Sequence[Mapping[str, Any]], proof: Mapping[str, Any], worth: int | None
) -> int | None:
    """What no plan of these candidates can exceed, in millionths; None where the proof shows that there is no plan.

    Args:
        table: every candidate; amounts in int64 millionths.
        limits: those in force, as the policy's plain data.
        proof: prices, and perhaps a tree, as published.
        worth: what the plan in hand is worth, in millionths; None: there is none.

    Raises:
        ValueError: the proof names what is not there, or a price that proves nothing.
    """
    menus = without_misfits(Menus.of(table, sides_of(list(limits)), proof["max_per_household"]))
    root = _Gains(menus, prices_of(menus.sides, proof["prices"]))
    whole = Part(np.ones(len(menus.net), dtype=bool))
    bound = root.bound(whole)
    grain = _grain(menus)
    if not proof["tree"]:
        return _whole(bound, grain)
    above = whole if worth is None else Part(root.regret() <= floor((bound - worth) * GRID))
    below = _below(menus, proof["tree"], above, grain)
    bounds_above = [bound_above for bound_above in (worth, below) if bound_above is not None]
    return min(_whole(bound, grain), max(bounds_above)) if bounds_above else None


def prices_of(sides: Sequence[Side], stated: Sequence[Mapping[str, str]]) -> list[Fraction]:
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


def without_misfits(menus: Menus) -> Menus:
    """The menus without candidates that alone use more of a maximum than it offers, where nothing gives any back."""
    is_kept = np.ones(len(menus.net), dtype=bool)
    for place, side in enumerate(menus.sides):
        if side.bound == "max":
            use, unit = menus.weighted([Fraction(int(place == other)) for other in range(len(menus.sides))])
            if use.min(initial=0) >= 0:
                is_kept &= use <= floor(side.level * unit)
    return menus if is_kept.all() else menus.only(is_kept)


class _Gains:
    """What customers gain from each candidate at given prices, on the grid."""

    def __init__(self, menus: Menus, prices: Sequence[Fraction], *, counts_value: bool = True) -> None:
        self._menus = menus
        weights = [side.sign * price for side, price in zip(menus.sides, prices, strict=True)]
        charge, unit = menus.weighted(weights)
        on_grid = charge // (unit // GRID) if unit % GRID == 0 else charge.astype(object) * GRID // unit
        fits = on_grid.dtype != object and largest_of(menus.net) * GRID + largest_of(on_grid) < SAFE
        net = menus.net * counts_value
        self.gain: Numbers = net * GRID - on_grid if fits else net.astype(object) * GRID - on_grid
        self._constant = sum(
            (side.sign * price * side.level for side, price in zip(menus.sides, prices, strict=True)), Fraction(0)
        )

    def bound(self, part: Part) -> Fraction:
        """Millionths that no plan of the part is worth more than."""
        menus, forced = self._menus, list(part.forced)
        best = np.zeros(len(menus.home), dtype=self.gain.dtype)
        np.maximum.at(best, menus.customer[part.is_alive], self.gain[part.is_alive])
        best[menus.customer[forced]] = FORCED
        total = sum(int(self.gain[place]) for place in forced) + self._of_households(best)
        return Fraction(total, GRID) + self._constant

    def regret(self) -> Numbers:
        """What each candidate is worth less than its customer's best; of members of a household, than nothing."""
        if self._menus.room is not None:
            return -np.minimum(self.gain, 0)
        best = np.zeros(len(self._menus.home), dtype=self.gain.dtype)
        np.maximum.at(best, self._menus.customer, self.gain)
        regret: Numbers = best[self._menus.customer] - self.gain
        return regret

    def _of_households(self, best: Numbers) -> int:
        """The gains of each household's best members, as many as the forced ones leave room for."""
        home, room = self._menus.home, self._menus.room
        if room is None:
            return _sum(best[best > 0])
        remaining = room - np.bincount(home[best == FORCED], minlength=int(home.max(initial=-1)) + 1)
        order = np.lexsort((-best, home))
        begins = np.searchsorted(home[order], home[order])
        is_in = (np.arange(len(order)) - begins < remaining[home[order]]) & (best[order] > 0)
        return _sum(best[order][is_in])


def _below(menus: Menus, nodes: Sequence[Mapping[str, Any]], part: Part, grain: int) -> int | None:
    """The largest bound over the tree's leaves; None where every leaf is shown to hold no plan."""
    bounds: list[int] = []
    open_nodes: list[tuple[Mapping[str, Any], Part]] = [(nodes[0], part)]
    while open_nodes:
        node, here = open_nodes.pop()
        if "split" in node:
            chosen, left_out = _split(menus, here, menus.place_of.get(tuple(node["split"])))
            open_nodes += [(nodes[node["chosen"]], chosen), (nodes[node["left_out"]], left_out)]
        else:
            bound = _of_leaf(menus, node, here)
            bounds += [] if bound is None else [_whole(bound, grain)]
    return max(bounds, default=None)


def _of_leaf(menus: Menus, leaf: Mapping[str, Any], part: Part) -> Fraction | None:
    prices = prices_of(menus.sides, leaf["prices"])
    if leaf["is_empty"]:
        hard = [price if side.price is None else Fraction(0) for side, price in zip(menus.sides, prices, strict=True)]
        if _Gains(menus, hard, counts_value=False).bound(part) < 0:
            return None
    return _Gains(menus, prices).bound(part)


def _split(menus: Menus, part: Part, candidate: int | None) -> tuple[Part, Part]:
    """The plans of a part that choose the candidate, and those that do not."""
    if candidate is None:
        raise ValueError("the proof's tree splits on a candidate that is not there")
    without = part.is_alive.copy()
    without[candidate] = False
    siblings = part.is_alive & (menus.customer != menus.customer[candidate])
    siblings[candidate] = True
    return Part(siblings, (*part.forced, candidate)), Part(without, part.forced)


def _grain(menus: Menus) -> int:
    """A whole number of millionths that divides the worth of every plan."""
    return (
        reduce(gcd, (side.grain() for side in menus.sides), int(np.gcd.reduce(menus.net)) if len(menus.net) else 0) or 1
    )


def _whole(bound: Fraction, grain: int) -> int:
    return floor(bound / grain) * grain


def _sum(amounts: Numbers) -> int:
    """The exact sum: by int64 where the largest amount shows that it cannot overflow, else by Python's integers."""
    total = 0
    for chunk in np.array_split(amounts, 1 + len(amounts) // 2**12):
        is_safe = chunk.dtype != object and largest_of(chunk) * len(chunk) < SAFE
        total += int(chunk.sum()) if is_safe else int(sum(chunk.tolist()))
    return total
