"""Prices of limits in exact fixed point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from optimization.program import Program

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
