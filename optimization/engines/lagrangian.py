"""The Lagrangian relaxation of a program: limits become prices, so that each customer chooses alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from conf.micros import MICROS
from optimization.engines.kernel import FARTHEST, CandidateArrays, Float64s, Int64s, OptionCosts, fine_nets
from optimization.presolve import first_customers
from optimization.program import Program

FINEST_BITS = 16
LARGEST_MARGIN = 2**45
"""The gains of a chunk of customers must add up within int64."""
HEAD = 1_000
"""Customers who set the scales: the first in the order of the hash, the same for any partitioning."""
HIGHEST = 1e6
"""The largest price, in typical gains; without it prices would be unbounded where limits conflict."""


@dataclass(frozen=True)
class Lagrangian:
    """The relaxed program of some customers, with rows scaled so that a price is money per typical contact.

    Attributes:
        program: the customers.
        candidates: their candidates, as the kernel reads them.
        per_option: (rows, options) coefficients in scaled units.
        factors: (columns, rows, options) the same for the columns that differ within an option.
        lower, upper: (rows,) bounds in scaled units, infinite where there is none.
        min_price, max_price: (rows,) bounds of the prices, in the currency per scaled unit.
        scale: (rows,) row units in one scaled unit.
        typical_gain: the mean size of a net value, in the currency; 1 where all are 0.
        bits: margins are counted in 2**-bits micros.
    """

    program: Program
    candidates: CandidateArrays
    per_option: Float64s
    factors: Float64s
    lower: Float64s
    upper: Float64s
    min_price: Float64s
    max_price: Float64s
    scale: Float64s
    typical_gain: float
    bits: int

    @classmethod
    def of(cls, program: Program) -> Lagrangian:
        """The relaxation of a whole program."""
        head = first_customers(program, HEAD)
        scale = _scales(head)
        typical_gain = float(np.abs(head.net).mean()) / MICROS if head.net.any() else 1.0
        lowest, highest = (
            _caps([(row.lower, row.shortfall_price) for row in program.rows]),
            _caps([(row.upper, row.excess_price) for row in program.rows]),
        )
        factors = np.array(list(program.factors.values())).reshape(len(program.factors), *program.per_option.shape)
        candidates = candidate_arrays(program)
        return cls(
            program=program,
            candidates=candidates,
            per_option=program.per_option / scale[:, None],
            factors=factors / scale[None, :, None],
            lower=_bounds([row.lower for row in program.rows], -np.inf) / scale,
            upper=_bounds([row.upper for row in program.rows], np.inf) / scale,
            min_price=np.maximum(-lowest * scale / MICROS, -HIGHEST * typical_gain),
            max_price=np.minimum(highest * scale / MICROS, HIGHEST * typical_gain),
            scale=scale,
            typical_gain=typical_gain,
            bits=int(candidates.shift),
        )

    def holding(self, program: Program, *, share: float = 1.0, used: Sequence[int] | None = None) -> Lagrangian:
        """The relaxation for other customers of the same night, with the same scales.

        Args:
            share: the share of each limit's bounds that belongs to them.
            used: (rows,) in row units, the part of that share that decided customers already use.
        """
        uses = np.zeros(self.rows) if used is None else np.array(used, dtype=np.float64) / self.scale
        return replace(
            self,
            program=program,
            candidates=candidate_arrays(program),
            lower=self.lower * share - uses,
            upper=self.upper * share - uses,
        )

    def first(self, customers: int) -> Lagrangian:
        """The first customers (whole households), with their share of each limit."""
        program = first_customers(self.program, customers)
        return self.holding(program, share=program.customers / self.customers)

    @property
    def household_offsets(self) -> Int64s | None:
        """As in the program."""
        return self.program.household_offsets

    @property
    def household_capacity(self) -> Int64s | None:
        """As in the program."""
        return self.program.household_capacity

    @property
    def customers(self) -> int:
        """The number of customers."""
        return len(self.candidates.start) - 1

    @property
    def rows(self) -> int:
        """The number of rows of limits."""
        return len(self.scale)

    def refined(self) -> Lagrangian:
        """The same with net values already on the fine grid, for a program that is evaluated often."""
        return replace(self, candidates=self.candidates._replace(net=fine_nets(self.candidates), shift=np.int64(0)))

    def option_costs(self, price: Float64s) -> OptionCosts:
        """The dual charge of each option at (rows,) prices."""
        unit = float(MICROS * 2**self.bits)
        per_option = (price[:, None] * self.per_option).sum(axis=0) * unit
        return OptionCosts(on_grid(np.floor(per_option)), (price[None, :, None] * self.factors).sum(axis=1) * unit)

    def uniform_spread(self, amount: float) -> OptionCosts:
        """A spread of the same amount, in the currency, for every option."""
        unit = float(MICROS * 2**self.bits)
        per_option = np.full(self.per_option.shape[1], np.ceil(amount * unit))
        return OptionCosts(on_grid(per_option), np.zeros(self.factors.shape[::2]))

    def moves(self, before: Float64s, after: Float64s) -> OptionCosts:
        """By how much option costs differ between two price vectors."""
        start, end = self.option_costs(before), self.option_costs(after)
        return OptionCosts(np.abs(end.price - start.price), np.abs(end.per_unit - start.per_unit))

    def constant(self, price: Float64s) -> float:
        """Σ upper y⁺ - lower y⁻, the constant of the dual function at these prices, in the currency."""
        bound = np.where(price > 0, self.upper, np.where(price < 0, self.lower, 0.0))
        return float((price * bound).sum())

    def in_row_units(self, price: Float64s) -> Float64s:
        """The prices in micros of the currency per row unit."""
        return price * MICROS / self.scale


def candidate_arrays(program: Program) -> CandidateArrays:
    """The candidates of a program, on the finest grid on which the margins of the night add up within int64."""
    largest = max(program.spans.largest_net(), 1)
    columns = [program.columns[name] for name in program.factors]
    stacked = columns[0][None, :] if len(columns) == 1 else np.array(columns, dtype=np.int64)
    return CandidateArrays(
        start=program.start,
        customer_key=program.customer_key,
        net=program.net,
        option=program.option,
        option_key=program.option_key,
        columns=stacked.reshape(len(columns), len(program.net)),
        shift=np.int64(max(0, min(FINEST_BITS, LARGEST_MARGIN.bit_length() - largest.bit_length()))),
    )


def _scales(program: Program) -> Float64s:
    """(rows,) the mean absolute coefficient, of those that are not 0."""
    scale = np.ones(len(program.rows))
    typical = {name: float(np.abs(column).mean()) if len(column) else 0.0 for name, column in program.columns.items()}
    for row in range(len(program.rows)):
        sizes = np.abs(program.per_option[row]).astype(np.float64)
        for name, factors in program.factors.items():
            sizes += np.abs(factors[row]) * typical[name]
        if (sizes > 0).any():
            scale[row] = sizes[sizes > 0].mean()
    return scale


def on_grid(amounts: Float64s) -> Int64s:
    """Amounts on the fine grid, clipped where margins could leave int64."""
    return np.clip(amounts, -FARTHEST, FARTHEST).astype(np.int64)


def _bounds(bounds: Sequence[int | None], otherwise: float) -> Float64s:
    return np.array([otherwise if bound is None else float(bound) for bound in bounds], dtype=np.float64)


def _caps(caps: Sequence[tuple[int | None, Fraction | None]]) -> Float64s:
    """The largest price on one side: 0 without a bound, the soft bound's own price, else unlimited."""
    return np.array([0.0 if bound is None else np.inf if cap is None else float(cap) for bound, cap in caps])
