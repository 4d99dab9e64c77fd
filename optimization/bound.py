"""What no plan can exceed, from prices alone, in exact integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from optimization.program import Program
from optimization.threads import each

LARGEST = 2**60
"""Products and sums of two stay below int64's range."""
MAX_BITS = 40


@dataclass(frozen=True)
class Prices:
    """One price per row: `numerators[r] / 2**bits` millionths of the currency per row unit.

    A row's price is >= 0 for what its upper bound holds back and <= 0 for what its lower bound demands.
    """

    numerators: tuple[int, ...]
    bits: int

    @classmethod
    def near(cls, program: Program, wanted: Sequence[float] | NDArray[np.float64]) -> Prices:
        """The nearest prices that the bounds' signs and the soft limits' prices allow, as fine as int64 permits."""
        for bits in range(MAX_BITS, -1, -4):
            numerators = tuple(_allowed(program, r, float(price), bits) for r, price in enumerate(wanted))
            prices = cls(numerators, bits)
            if prices.fits(program):
                return prices
        return cls((0,) * len(program.rows), 0)

    def fits(self, program: Program) -> bool:
        """Whether the price of every candidate can be computed without leaving int64."""
        table = self.option_prices(program)
        total = max((abs(int(price)) for price in table), default=0) >> self.bits
        for name in program.factors:
            largest = program.spans.largest(name)
            steepest = max((abs(int(factor)) for factor in self.factor_prices(program, name)), default=0)
            if steepest * max(largest, 1) * len(program.factors) >= LARGEST:
                return False
            total += steepest * largest >> self.bits
        return total < LARGEST

    def option_prices(self, program: Program) -> NDArray[np.object_]:
        """(options,) exact Σ_r y_r per_option[r, o], times 2**bits."""
        return _weighted(self.numerators, program.per_option)

    def factor_prices(self, program: Program, name: str) -> NDArray[np.object_]:
        """(options,) exact Σ_r y_r factors[name][r, o], times 2**bits."""
        return _weighted(self.numerators, program.factors[name])

    def constant(self, program: Program) -> Fraction:
        """Σ_r upper_r y_r⁺ - lower_r y_r⁻: what the bounds themselves are worth at these prices."""
        total = 0
        for row, price in zip(program.rows, self.numerators, strict=True):
            bound = row.upper if price > 0 else row.lower
            total += price * bound if bound is not None else 0
        return Fraction(total, 2**self.bits)

    def of_hard_bounds(self, program: Program) -> Prices:
        """The same without what they charge for missing soft bounds, which a plan may do."""
        kept = []
        for row, price in zip(program.rows, self.numerators, strict=True):
            is_soft = (price < 0 and row.shortfall_price is not None) or (price > 0 and row.excess_price is not None)
            kept.append(0 if is_soft else price)
        return Prices(tuple(kept), self.bits)

    def as_floats(self) -> NDArray[np.float64]:
        """(rows,) millionths of the currency per row unit."""
        return np.array([numerator / 2**self.bits for numerator in self.numerators], dtype=np.float64)


def _allowed(program: Program, place: int, wanted: float, bits: int) -> int:
    row = program.rows[place]
    price: int = round(Fraction(wanted) * 2**bits)
    highest = 0 if row.upper is None else None if row.excess_price is None else floor(row.excess_price * 2**bits)
    lowest = 0 if row.lower is None else None if row.shortfall_price is None else ceil(-row.shortfall_price * 2**bits)
    if highest is not None:
        price = min(price, highest)
    return price if lowest is None else max(price, lowest)


def _weighted(numerators: Sequence[int], table: NDArray[np.int64]) -> NDArray[np.object_]:
    total = np.zeros(table.shape[1], dtype=object)
    for numerator, coefficients in zip(numerators, table, strict=True):
        if numerator and coefficients.any():
            total += numerator * coefficients.astype(object)
    return total


MAX_GRID_BITS = 8
"""Margins are kept to 1/256 of a millionth; what is lost by rounding is lost on the safe side."""
NEVER = -LARGEST
FORCED = -1
"""The free gain of a customer whose candidate is forced."""
CHUNK = 2**12
"""Customers at a time, so that what is in hand stays in the processor's cache."""


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


@dataclass(frozen=True)
class Margins:
    """net - π of any candidate on a grid of 2**-bits millionths, π = Aᵀy rounded down.

    Attributes:
        price: (options,) int64 on the grid.
        steep: column -> (options,) int64 per unit of the column, on a grid finer by `shift` bits.
    """

    program: Program
    price: NDArray[np.int64]
    steep: dict[str, NDArray[np.int64]]
    bits: int
    shift: int

    @classmethod
    def at(cls, program: Program, prices: Prices) -> Margins:
        """The margins at these prices, on the finest grid on which nothing leaves int64."""
        table = prices.option_prices(program)
        steep = {name: prices.factor_prices(program, name).astype(np.int64) for name in program.factors}
        largest = program.spans.largest_net()
        largest += max((abs(int(price)) for price in table), default=0) >> prices.bits
        for name, factor in steep.items():
            largest += int(np.abs(factor).max(initial=0)) * program.spans.largest(name) >> prices.bits
        bits = min(MAX_GRID_BITS, prices.bits)
        while bits > 0 and (largest + 2) << bits >= LARGEST:
            bits -= 1
        shift = prices.bits - bits
        return cls(program, np.array([int(price) >> shift for price in table], dtype=np.int64), steep, bits, shift)

    def of(self, candidates: slice = slice(None), *, counts_value: bool = True) -> NDArray[np.int64]:
        """The margins of some candidates; without counting value, what they give back for their use."""
        option = self.program.option[candidates]
        margin: NDArray[np.int64] = -self.price[option]
        if counts_value:
            margin += self.program.net[candidates].astype(np.int64) << self.bits
        if self.steep:
            own = sum(steep[option] * self.program.columns[name][candidates] for name, steep in self.steep.items())
            margin -= own >> self.shift
        return margin


def weak_duality_bound(
    program: Program, prices: Prices, part: Part | None = None, *, counts_value: bool = True
) -> Fraction:
    """No plan in this part is worth more than this, whatever the prices.

    D(y) = Σ_i max(0, max_j net_ij - π_ij) + Σ_r upper_r y_r⁺ - lower_r y_r⁻ with π = Aᵀy: a plan pays π for what it
    uses and gets the bounds' worth back, so its worth is at most what each customer gains alone. Without
    counting value, and with the prices of hard bounds alone, a bound below zero proves that the part holds no plan
    (Farkas).

    Returns:
        Millionths of the currency.
    """
    if not counts_value:
        prices = prices.of_hard_bounds(program)
    return gains_at(program, prices, part, counts_value=counts_value) + prices.constant(program)


def gains_at(program: Program, prices: Prices, part: Part | None = None, *, counts_value: bool = True) -> Fraction:
    """Σ_i max(0, max_j net_ij - π_ij) in millionths; over parts of the customers it adds up to that of all."""
    margins = Margins.at(program, prices)
    firsts = range(0, program.customers, CHUNK)

    def gains(first: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _gains(margins, first, min(first + CHUNK, program.customers), part, counts_value)

    found = each(gains, firsts)
    if program.home is not None and program.slots is not None and found:
        free, forced = (np.concatenate(one) for one in zip(*found, strict=True))
        found = [(_best_members(program.home, program.slots, free), forced)]
    total = sum(_total(free) + _total(forced) for free, forced in found)
    return Fraction(total, 2**margins.bits)


def _gains(
    margins: Margins, first: int, last: int, part: Part | None, counts_value: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What each of some customers gains if free to choose, and the margin of each one's forced candidate (else 0)."""
    start = margins.program.start[first : last + 1]
    places = slice(int(start[0]), int(start[-1]))
    margin = margins.of(places, counts_value=counts_value)
    begins = start[:-1] - start[0]
    if part is None:
        return np.maximum(np.maximum.reduceat(margin, begins), 0), np.zeros(0, dtype=np.int64)
    is_forced = part.is_forced[places]
    free = np.maximum(np.maximum.reduceat(np.where(part.is_alive[places], margin, NEVER), begins), 0)
    has_forced = np.logical_or.reduceat(is_forced, begins)
    forced = np.add.reduceat(np.where(is_forced, margin, 0), begins)
    return np.where(has_forced, FORCED, free), forced


def _best_members(home: NDArray[np.int64], slots: NDArray[np.int64], free: NDArray[np.int64]) -> NDArray[np.int64]:
    """The free gains of each household's best members, as many as the forced ones leave slots for."""
    left = slots - np.add.reduceat((free == FORCED).astype(np.int64), home[:-1])
    home_of = np.repeat(np.arange(len(slots)), np.diff(home))
    order = np.lexsort((-free, home_of))
    rank = np.arange(len(order)) - home[:-1][home_of]
    return free[order][rank < left[home_of]]


def _total(gains: NDArray[np.int64]) -> int:
    return sum(
        int(chunk.sum()) for chunk in np.array_split(np.where(gains == FORCED, 0, gains), 1 + len(gains) // CHUNK)
    )
