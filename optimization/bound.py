"""What no plan can exceed, from prices alone, in exact integers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from optimization.prices import LARGEST, Prices
from optimization.program import Program

MAX_GRID_BITS = 8
"""Margins are kept to 1/256 of a millionth; what is lost by rounding is lost on the safe side."""
NEVER = -LARGEST


@dataclass(frozen=True)
class Part:
    """Some of all plans: only candidates that are alive, and every candidate that is forced.

    Attributes:
        is_alive, is_forced: (n,) bool.
    """

    is_alive: NDArray[np.bool_]
    is_forced: NDArray[np.bool_]

    @classmethod
    def whole(cls, program: Program) -> Part:
        """All plans."""
        return cls(np.ones(len(program.net), dtype=bool), np.zeros(len(program.net), dtype=bool))


def weak_duality_bound(
    program: Program, prices: Prices, part: Part | None = None, *, counts_value: bool = True
) -> Fraction:
    """No plan in this part is worth more than this, whatever the prices.

    D(y) = Σ_i max(0, max_j net_ij - π_ij) + Σ_r upper_r y_r⁺ - lower_r y_r⁻ with π = Aᵀy: a plan pays π for what it
    uses and gets the bounds' worth back, so its worth is at most what each customer gains alone. Without
    counting value, a bound below zero proves that the part holds no plan (Farkas).

    Returns:
        Millionths of the currency.
    """
    margin, grid_bits = margins(program, prices, counts_value=counts_value)
    part = part or Part.whole(program)
    gain, forced_gain, slots = _gains(program, margin, part)
    gain[forced_gain > NEVER] = NEVER
    home = program.home_of()
    kept = np.maximum(gain, 0) if home is None else _best_members(gain, home, slots)
    total = sum(int(chunk.sum()) for chunk in np.array_split(kept, 1 + len(kept) // 2**16))
    total += sum(int(forced) for forced in forced_gain[forced_gain > NEVER])
    return Fraction(total, 2**grid_bits) + prices.constant(program)


def margins(program: Program, prices: Prices, *, counts_value: bool = True) -> tuple[NDArray[np.int64], int]:
    """(n,) net - π of each candidate on a grid of 2**-bits millionths, π rounded down, and the bits."""
    largest = int(np.abs(program.net).max(initial=0))
    table = prices.option_prices(program)
    largest += max((abs(int(price)) for price in table), default=0) >> prices.bits
    steep = {name: prices.factor_prices(program, name).astype(np.int64) for name in program.columns}
    for name, factor in steep.items():
        largest += int(np.abs(factor).max(initial=0)) * int(np.abs(program.columns[name]).max(initial=0)) >> prices.bits
    grid_bits = min(MAX_GRID_BITS, prices.bits)
    while grid_bits > 0 and (largest + 2) << grid_bits >= LARGEST:
        grid_bits -= 1
    shift = prices.bits - grid_bits
    price = np.array([int(one) >> shift for one in table], dtype=np.int64)[program.option]
    own = sum((factor[program.option] * program.columns[name] for name, factor in steep.items()), np.int64(0))
    net = program.net << grid_bits if counts_value else np.int64(0)
    return net - price - (own >> shift), grid_bits


def _gains(
    program: Program, margin: NDArray[np.int64], part: Part
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The best margin of each customer, that of a forced candidate, and the slots left in each household."""
    first = program.start[:-1]
    if not len(first):
        return margin, margin, margin
    gain = np.maximum.reduceat(np.where(part.is_alive, margin, NEVER), first)
    forced_gain = np.maximum.reduceat(np.where(part.is_forced, margin, NEVER), first)
    if program.home is None:
        return gain, forced_gain, first
    forced = np.add.reduceat((forced_gain > NEVER).astype(np.int64), program.home[:-1])
    return gain, forced_gain, (program.max_per_household or 0) - forced


def _best_members(gain: NDArray[np.int64], home: NDArray[np.int64], slots: NDArray[np.int64]) -> NDArray[np.int64]:
    """The gains of each household's best members, as many as it has slots."""
    order = np.lexsort((-gain, home))
    home_in_order = home[order]
    begins = np.flatnonzero(np.diff(home_in_order, prepend=-1))
    rank = np.arange(len(order)) - begins[home_in_order]
    return np.maximum(gain[order][rank < slots[home_in_order]], 0)
