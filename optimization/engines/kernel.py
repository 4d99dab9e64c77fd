"""The compiled inner loops of the dual oracle; they run without the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

UNDECIDED = -2
NOBODY = -1
FARTHEST = 2.0**60
"""Option costs, and what columns add to them, are clipped here: with net values below it, margins stay within int64."""
SPREADER = np.uint64(0x9E3779B97F4A7C15)
"""2**64 over the golden ratio: its multiples spread evenly (Knuth, The Art of Computer Programming 3, 6.4)."""

Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]
Keys = NDArray[np.uint64]

Function = TypeVar("Function", bound=Callable[..., Any])


def _compiled(function: Function) -> Function:
    return cast(Function, numba.njit(nogil=True, cache=True)(function))


def _inlined(function: Function) -> Function:
    return cast(Function, numba.njit(nogil=True, inline="always")(function))


class CandidateArrays(NamedTuple):
    """The candidates of some customers; customer i has start[i] .. start[i + 1] - 1.

    Margins are counted in 2**-shift micros. A jitter of less than one micro, drawn from the keyed hashes of customer
    and option, breaks ties, so that prices can separate a million equal customers. Where shift is 0, `net` is already
    on the fine grid.

    Attributes:
        customer_key: (customers,) uint64.
        net: (n,) int32 or int64.
        option: (n,) whole numbers of any width.
        option_key: (options,) uint64.
        columns: (c, n) int64.
    """

    start: Int64s
    customer_key: Keys
    net: NDArray[np.signedinteger]
    option: NDArray[np.integer]
    option_key: Keys
    columns: Int64s
    shift: np.int64


class OptionCosts(NamedTuple):
    """The dual charge of each option at given prices, or its spread within a price box.

    Attributes:
        price: (options,) int64, in 2**-shift micros.
        per_unit: (c, options) the same per unit of each column.
    """

    price: Int64s
    per_unit: Float64s


PriceBox = tuple[OptionCosts, OptionCosts]
"""Option costs, and the spread by which each may move."""


@_inlined
def _fine(net: np.signedinteger, key: np.uint64, option_key: np.uint64, shift: np.int64) -> np.int64:
    fine = np.int64(net) << shift
    if shift > 0:
        fine += np.int64(((key ^ option_key) * SPREADER) >> np.uint64(64 - shift))
    return fine


@_inlined
def _price(option: NDArray[np.integer], columns: Int64s, price: Int64s, per_unit: Float64s, k: int) -> np.int64:
    total: np.int64 = price[option[k]]
    if len(columns) > 0:
        charge = 0.0
        for c in range(len(columns)):
            charge += np.floor(per_unit[c, option[k]] * columns[c, k])
        total += np.int64(max(min(charge, FARTHEST), -FARTHEST))
    return total


@_inlined
def _spread_of(option: NDArray[np.integer], columns: Int64s, price: Int64s, per_unit: Float64s, k: int) -> np.int64:
    total: np.int64 = price[option[k]]
    if len(columns) > 0:
        moved = 0.0
        for c in range(len(columns)):
            moved += np.ceil(per_unit[c, option[k]] * np.abs(columns[c, k]))
        total += np.int64(min(moved, FARTHEST))
    return total


@_compiled
def fine_nets(candidates: CandidateArrays) -> Int64s:
    """The net values of all candidates on the fine grid, jitter included."""
    start, key, net, option, option_key, _, shift = candidates
    nets = np.empty(len(net), dtype=np.int64)
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            nets[k] = _fine(net[k], key[i], option_key[option[k]], shift)
    return nets


@_compiled
def respond(candidates: CandidateArrays, costs: OptionCosts, choice: Int64s, best: Int64s) -> None:
    """Write the best candidate of each customer and its margin; NOBODY and 0 where no margin is above zero."""
    start, key, net, option, option_key, columns, shift = candidates
    price, per_unit = costs
    for i in range(len(start) - 1):
        top, position = np.int64(0), np.int64(NOBODY)
        for k in range(start[i], start[i + 1]):
            margin = _fine(net[k], key[i], option_key[option[k]], shift) - _price(option, columns, price, per_unit, k)
            if margin > top:
                top, position = margin, np.int64(k)
        choice[i], best[i] = position, top


@_compiled
def keep(candidates: CandidateArrays, costs: OptionCosts, spread: OptionCosts, choice: Int64s, kept: Int64s) -> int:
    """Write the choice of each customer whose choice is the same in a price box, and the candidates of the others.

    An option cost moves by at most its spread within the box. So a candidate can be best only if its margin at its
    lowest cost reaches the margin that the customer is guaranteed at the highest costs.

    Returns:
        The number of candidates written to `kept`.
    """
    start, key, net, option, option_key, columns, shift = candidates
    price, per_unit = costs
    price_spread, per_unit_spread = spread
    written = 0
    for i in range(len(start) - 1):
        guaranteed = np.int64(0)
        for k in range(start[i], start[i + 1]):
            margin = _fine(net[k], key[i], option_key[option[k]], shift) - _price(option, columns, price, per_unit, k)
            guaranteed = max(guaranteed, margin - _spread_of(option, columns, price_spread, per_unit_spread, k))
        before = written
        for k in range(start[i], start[i + 1]):
            margin = _fine(net[k], key[i], option_key[option[k]], shift) - _price(option, columns, price, per_unit, k)
            if margin + _spread_of(option, columns, price_spread, per_unit_spread, k) >= max(guaranteed, np.int64(1)):
                kept[written] = k
                written += 1
        choice[i] = UNDECIDED
        if written == before:
            choice[i] = NOBODY
        elif written == before + 1 and guaranteed > 0:
            choice[i] = kept[before]
            written = before
    return written


@_compiled
def regrets(candidates: CandidateArrays, costs: OptionCosts, choice: Int64s, regret: Int64s) -> None:
    """Write the best candidate of each customer, and the regret of its second-best choice."""
    start, key, net, option, option_key, columns, shift = candidates
    price, per_unit = costs
    for i in range(len(start) - 1):
        top, second, position = np.int64(0), np.int64(-(2**62)), np.int64(NOBODY)
        for k in range(start[i], start[i + 1]):
            margin = _fine(net[k], key[i], option_key[option[k]], shift) - _price(option, columns, price, per_unit, k)
            if margin > top:
                top, second, position = margin, top, np.int64(k)
            elif margin > second:
                second = margin
        choice[i], regret[i] = position, top - second


@_compiled
def best_members(household_offsets: Int64s, household_capacity: Int64s, best: Int64s, is_in: NDArray[np.bool_]) -> None:
    """Mark the members of each household with the largest gains, as many as its capacity; the earlier of equal ones."""
    for h in range(len(household_offsets) - 1):
        gains = best[household_offsets[h] : household_offsets[h + 1]]
        limit = household_capacity[h]
        threshold = np.int64(1)
        if limit == 0:
            threshold = np.int64(2**62)
        elif len(gains) > limit:
            threshold = np.sort(gains)[len(gains) - limit]
        free = limit
        for i in range(len(gains)):
            is_in[household_offsets[h] + i] = gains[i] > threshold and gains[i] > 0
            free -= is_in[household_offsets[h] + i]
        for i in range(len(gains)):
            if gains[i] == threshold and gains[i] > 0 and free > 0:
                is_in[household_offsets[h] + i] = True
                free -= 1


@_compiled
def sort_within_groups(group: Int64s, start: Int64s, key: NDArray[np.uint64], order: Int64s) -> None:
    """Write the rows by group, then by key: a counting sort, then an insertion sort of each short run."""
    free = start[:-1].copy()
    for row in range(len(group)):
        order[free[group[row]]] = row
        free[group[row]] += 1
    for g in range(len(start) - 1):
        for i in range(start[g] + 1, start[g + 1]):
            row = order[i]
            j = i
            while j > start[g] and key[order[j - 1]] > key[row]:
                order[j] = order[j - 1]
                j -= 1
            order[j] = row
