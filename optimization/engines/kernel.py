"""One look at the menus of some customers at given prices: compiled, and without the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

UNDECIDED = -2
NOBODY = -1
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


class Menus(NamedTuple):
    """The candidates of some customers; customer i has start[i] .. start[i + 1] - 1.

    Margins are counted in 2**-shift millionths. A jitter of less than one millionth, drawn from the keyed hashes of
    customer and option, makes equal candidates unequal, so that prices can part a million customers who are all alike.
    Where shift is 0, `net` is on the fine grid already.

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


class Quote(NamedTuple):
    """What options cost at given prices, or by how much that moves within a box of prices.

    Attributes:
        price: (options,) in 2**-shift millionths.
        steep: (c, options) the same per unit of each column.
    """

    price: Int64s
    steep: Float64s


@_inlined
def _fine(net: np.signedinteger, key: np.uint64, option_key: np.uint64, shift: np.int64) -> np.int64:
    fine = np.int64(net) << shift
    if shift > 0:
        fine += np.int64(((key ^ option_key) * SPREADER) >> np.uint64(64 - shift))
    return fine


@_inlined
def _price(option: NDArray[np.integer], columns: Int64s, price: Int64s, steep: Float64s, k: int) -> np.int64:
    total: np.int64 = price[option[k]]
    for c in range(len(columns)):
        total += np.int64(np.floor(steep[c, option[k]] * columns[c, k]))
    return total


@_inlined
def _width(option: NDArray[np.integer], columns: Int64s, price: Int64s, steep: Float64s, k: int) -> np.int64:
    total: np.int64 = price[option[k]]
    for c in range(len(columns)):
        total += np.int64(np.ceil(steep[c, option[k]] * np.abs(columns[c, k])))
    return total


@_compiled
def fine_nets(menus: Menus) -> Int64s:
    """The net values of all candidates on the fine grid, jitter included."""
    start, key, net, option, option_key, _, shift = menus
    nets = np.empty(len(net), dtype=np.int64)
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            nets[k] = _fine(net[k], key[i], option_key[option[k]], shift)
    return nets


@_compiled
def respond(menus: Menus, quote: Quote, choice: Int64s, best: Int64s) -> None:
    """Write the best candidate of each customer and its margin; NOBODY and 0 where none gains."""
    start, key, net, option, option_key, columns, shift = menus
    price, steep = quote
    for i in range(len(start) - 1):
        top, place = np.int64(0), np.int64(NOBODY)
        for k in range(start[i], start[i + 1]):
            margin = _fine(net[k], key[i], option_key[option[k]], shift) - _price(option, columns, price, steep, k)
            if margin > top:
                top, place = margin, np.int64(k)
        choice[i], best[i] = place, top


@_compiled
def keep(menus: Menus, quote: Quote, widths: Quote, choice: Int64s, kept: Int64s) -> int:
    """Write the choice of each customer that is the same all over a box of prices, and the others' candidates.

    A price moves by at most its width within the box, so a candidate stays if at its cheapest it beats what the
    customer gains at the dearest.

    Returns:
        The number of candidates written to `kept`.
    """
    start, key, net, option, option_key, columns, shift = menus
    price, steep = quote
    width, steep_width = widths
    written = 0
    for i in range(len(start) - 1):
        sure = np.int64(0)
        for k in range(start[i], start[i + 1]):
            margin = _fine(net[k], key[i], option_key[option[k]], shift) - _price(option, columns, price, steep, k)
            sure = max(sure, margin - _width(option, columns, width, steep_width, k))
        before = written
        for k in range(start[i], start[i + 1]):
            margin = _fine(net[k], key[i], option_key[option[k]], shift) - _price(option, columns, price, steep, k)
            if margin + _width(option, columns, width, steep_width, k) >= max(sure, np.int64(1)):
                kept[written] = k
                written += 1
        choice[i] = UNDECIDED
        if written == before:
            choice[i] = NOBODY
        elif written == before + 1 and sure > 0:
            choice[i] = kept[before]
            written = before
    return written


@_compiled
def regrets(menus: Menus, quote: Quote, choice: Int64s, regret: Int64s) -> None:
    """Write the best candidate of each customer, and what the second-best choice would lose."""
    start, key, net, option, option_key, columns, shift = menus
    price, steep = quote
    for i in range(len(start) - 1):
        top, second, place = np.int64(0), np.int64(-(2**62)), np.int64(NOBODY)
        for k in range(start[i], start[i + 1]):
            margin = _fine(net[k], key[i], option_key[option[k]], shift) - _price(option, columns, price, steep, k)
            if margin > top:
                top, second, place = margin, top, np.int64(k)
            elif margin > second:
                second = margin
        choice[i], regret[i] = place, top - second


@_compiled
def best_members(home: Int64s, slots: Int64s, best: Int64s, is_in: NDArray[np.bool_]) -> None:
    """Mark the members of each household that gain most, the earlier where they gain the same."""
    for h in range(len(home) - 1):
        gains = best[home[h] : home[h + 1]]
        limit = slots[h]
        threshold = np.int64(1)
        if limit == 0:
            threshold = np.int64(2**62)
        elif len(gains) > limit:
            threshold = np.sort(gains)[len(gains) - limit]
        room = limit
        for i in range(len(gains)):
            is_in[home[h] + i] = gains[i] > threshold and gains[i] > 0
            room -= is_in[home[h] + i]
        for i in range(len(gains)):
            if gains[i] == threshold and gains[i] > 0 and room > 0:
                is_in[home[h] + i] = True
                room -= 1


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
