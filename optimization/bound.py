"""The dual bound at given prices (weak duality), in exact integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from optimization.exact_sums import exact_sum
from optimization.program import Program
from optimization.threads import each

LARGEST = 2**60
"""Limit of sizes, so that sums of two stay within int64."""
MAX_BITS = 40


@dataclass(frozen=True)
class Prices:
    """One price per row: `numerators[r] / 2**bits` micros of the currency per row unit.

    The price of an upper bound is >= 0, that of a lower bound <= 0.
    """

    numerators: tuple[int, ...]
    bits: int

    @classmethod
    def near(cls, program: Program, wanted: Sequence[float] | NDArray[np.float64]) -> Prices:
        """The nearest prices that are dual feasible (signs, prices of soft limits), as fine as int64 allows."""
        for bits in range(MAX_BITS, -1, -4):
            numerators = tuple(_allowed(program, r, float(price), bits) for r, price in enumerate(wanted))
            prices = cls(numerators, bits)
            if prices.fits(program):
                return prices
        return cls((0,) * len(program.rows), 0)

    def fits(self, program: Program) -> bool:
        """Whether the charge of every candidate can be computed within int64."""
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
        """Σ_r upper_r y_r⁺ - lower_r y_r⁻: the constant of the dual function."""
        total = 0
        for row, price in zip(program.rows, self.numerators, strict=True):
            bound = row.upper if price > 0 else row.lower
            total += price * bound if bound is not None else 0
        return Fraction(total, 2**self.bits)

    def of_hard_bounds(self, program: Program) -> Prices:
        """The same without the prices of soft bounds, which a plan may miss."""
        numerators = []
        for row, price in zip(program.rows, self.numerators, strict=True):
            is_soft = (price < 0 and row.shortfall_price is not None) or (price > 0 and row.excess_price is not None)
            numerators.append(0 if is_soft else price)
        return Prices(tuple(numerators), self.bits)

    def as_floats(self) -> NDArray[np.float64]:
        """(rows,) micros of the currency per row unit."""
        return np.array([numerator / 2**self.bits for numerator in self.numerators], dtype=np.float64)


def _allowed(program: Program, position: int, wanted: float, bits: int) -> int:
    row = program.rows[position]
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
"""Margins are kept to 1/256 of a micro and rounded up, so that the bound stays a bound."""
NEVER = -LARGEST
FORCED = -1
"""The free gain of a customer whose candidate is forced."""
CHUNK = 2**12
"""Customers at a time, so that the arrays stay in the processor's cache."""


@dataclass(frozen=True)
class Part:
    """A part of all plans, as branch and bound makes it: some candidates are excluded, some are forced.

    Attributes:
        is_alive: (n,) whether a plan of the part may choose the candidate.
        is_forced: (n,) whether it must.
    """

    is_alive: NDArray[np.bool_]
    is_forced: NDArray[np.bool_]

    @classmethod
    def whole(cls, program: Program) -> Part:
        """All plans."""
        return cls(np.ones(len(program.net), dtype=bool), np.zeros(len(program.net), dtype=bool))


@dataclass(frozen=True)
class Margins:
    """The dual-adjusted values net - π of candidates on a grid of 2**-bits micros, π = Aᵀy rounded down.

    Attributes:
        price: (options,) int64 on the grid.
        per_unit: column -> (options,) int64 per unit of the column, on a grid finer by `shift` bits.
    """

    program: Program
    price: NDArray[np.int64]
    per_unit: dict[str, NDArray[np.int64]]
    bits: int
    shift: int

    @classmethod
    def at(cls, program: Program, prices: Prices) -> Margins:
        """The margins at these prices, on the finest grid that int64 allows."""
        table = prices.option_prices(program)
        per_unit = {name: prices.factor_prices(program, name).astype(np.int64) for name in program.factors}
        largest = program.spans.largest_net()
        largest += max((abs(int(price)) for price in table), default=0) >> prices.bits
        for name, factor in per_unit.items():
            largest += int(np.abs(factor).max(initial=0)) * program.spans.largest(name) >> prices.bits
        bits = min(MAX_GRID_BITS, prices.bits)
        while bits > 0 and (largest + 2) << bits >= LARGEST:
            bits -= 1
        shift = prices.bits - bits
        return cls(program, np.array([int(price) >> shift for price in table], dtype=np.int64), per_unit, bits, shift)

    def of(self, candidates: slice = slice(None), *, counts_value: bool = True) -> NDArray[np.int64]:
        """The margins of some candidates; without their value, minus their charges."""
        option = self.program.option[candidates]
        margin: NDArray[np.int64] = -self.price[option]
        if counts_value:
            margin += self.program.net[candidates].astype(np.int64) << self.bits
        if self.per_unit:
            charge = sum(
                factor[option] * self.program.columns[name][candidates] for name, factor in self.per_unit.items()
            )
            margin -= charge >> self.shift
        return margin


def weak_duality_bound(
    program: Program, prices: Prices, part: Part | None = None, *, counts_value: bool = True
) -> Fraction:
    """An upper bound on the worth of all plans in a part, valid at any prices.

    D(y) = Σ_i max(0, max_j net_ij - π_ij) + Σ_r upper_r y_r⁺ - lower_r y_r⁻ with π = Aᵀy: a plan pays π for what it
    uses and gets at least that back as the constant, so its worth is at most what customers gain separately. Without
    values, and with the prices of hard bounds only, a bound below zero proves that the part holds no plan (Farkas).

    Returns:
        Micros of the currency.
    """
    if not counts_value:
        prices = prices.of_hard_bounds(program)
    return gains_at(program, prices, part, counts_value=counts_value) + prices.constant(program)


def gains_at(program: Program, prices: Prices, part: Part | None = None, *, counts_value: bool = True) -> Fraction:
    """Σ_i max(0, max_j net_ij - π_ij) in micros; the gains of disjoint customers add up."""
    margins = Margins.at(program, prices)
    firsts = range(0, program.customers, CHUNK)

    def gains(first: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _gains(margins, first, min(first + CHUNK, program.customers), part, counts_value)

    chunks = each(gains, firsts)
    if program.household_offsets is not None and program.household_capacity is not None and chunks:
        free, forced = (np.concatenate(arrays) for arrays in zip(*chunks, strict=True))
        chunks = [(_best_members(program.household_offsets, program.household_capacity, free), forced)]
    total = sum(exact_sum(np.maximum(free, 0)) + exact_sum(forced) for free, forced in chunks)
    return Fraction(total, 2**margins.bits)


def _gains(
    margins: Margins, first: int, last: int, part: Part | None, counts_value: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What each of some customers gains if free to choose, and the margin of its forced candidate (else 0)."""
    start = margins.program.start[first : last + 1]
    positions = slice(int(start[0]), int(start[-1]))
    margin = margins.of(positions, counts_value=counts_value)
    begins = start[:-1] - start[0]
    if part is None:
        return np.maximum(np.maximum.reduceat(margin, begins), 0), np.zeros(0, dtype=np.int64)
    is_forced = part.is_forced[positions]
    free = np.maximum(np.maximum.reduceat(np.where(part.is_alive[positions], margin, NEVER), begins), 0)
    has_forced = np.logical_or.reduceat(is_forced, begins)
    forced = np.add.reduceat(np.where(is_forced, margin, 0), begins)
    return np.where(has_forced, FORCED, free), forced


def _best_members(
    offsets: NDArray[np.int64], capacity: NDArray[np.int64], free: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The gains of the best free members of each household, within the capacity that forced members leave."""
    remaining = capacity - np.add.reduceat((free == FORCED).astype(np.int64), offsets[:-1])
    household_of = np.repeat(np.arange(len(capacity)), np.diff(offsets))
    order = np.lexsort((-free, household_of))
    rank = np.arange(len(order)) - offsets[:-1][household_of]
    return free[order][rank < remaining[household_of]]
