"""Customers who choose alone at given prices: what the search for prices looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from conf.micros import MICROS
from optimization.engines.kernel import Float64s, Int64s, Menus, Quote, fine_nets
from optimization.presolve import first_customers
from optimization.program import Program

FINEST_BITS = 16
LARGEST_MARGIN = 2**45
"""So that the gains of a chunk of customers add up within int64."""


HEAD = 1_000
"""Customers whose menus tell what is typical: the first in the order of the hash, the same however a night is cut."""
HIGHEST = 1e6
"""Typical gains up to which a price may rise; only where limits conflict would it rise without end."""
FARTHEST = 2.0**60
"""Costs on the fine grid stop here, short of int64's end."""


@dataclass(frozen=True)
class Market:
    """Customers; limits are scaled so that a price is money per typical contact.

    Attributes:
        program: the customers.
        menus: their candidates.
        per_option: (rows, options) coefficients in scaled units.
        factors: (columns, rows, options) the same for the columns that differ within an option.
        lower, upper: (rows,) bounds in scaled units, infinite where there is none.
        cheapest, dearest: (rows,) between which prices may lie, in the currency per scaled unit.
        scale: (rows,) row units in one scaled unit.
        typical_gain: the mean size of a net value, in the currency; 1 where all are 0.
        bits: margins are counted in 2**-bits millionths.
    """

    program: Program
    menus: Menus
    per_option: Float64s
    factors: Float64s
    lower: Float64s
    upper: Float64s
    cheapest: Float64s
    dearest: Float64s
    scale: Float64s
    typical_gain: float
    bits: int

    @classmethod
    def of(cls, program: Program) -> Market:
        """The whole program as a market."""
        head = first_customers(program, HEAD)
        scale = _scales(head)
        typical_gain = float(np.abs(head.net).mean()) / MICROS if head.net.any() else 1.0
        lowest, highest = (
            _caps([(row.lower, row.shortfall_price) for row in program.rows]),
            _caps([(row.upper, row.excess_price) for row in program.rows]),
        )
        factors = np.array(list(program.factors.values())).reshape(len(program.factors), *program.per_option.shape)
        menus = menus_of(program)
        return cls(
            program=program,
            menus=menus,
            per_option=program.per_option / scale[:, None],
            factors=factors / scale[None, :, None],
            lower=_bounds([row.lower for row in program.rows], -np.inf) / scale,
            upper=_bounds([row.upper for row in program.rows], np.inf) / scale,
            cheapest=np.maximum(-lowest * scale / MICROS, -HIGHEST * typical_gain),
            dearest=np.minimum(highest * scale / MICROS, HIGHEST * typical_gain),
            scale=scale,
            typical_gain=typical_gain,
            bits=int(menus.shift),
        )

    def holding(self, program: Program, *, share: float = 1.0, used: Sequence[int] | None = None) -> Market:
        """The market of other customers of the same night.

        Args:
            share: the part of the limits that falls to them,
            used: and, in row units, how much of that part is used up.
        """
        uses = np.zeros(self.rows) if used is None else np.array(used, dtype=np.float64) / self.scale
        return replace(
            self,
            program=program,
            menus=menus_of(program),
            lower=self.lower * share - uses,
            upper=self.upper * share - uses,
        )

    def first(self, customers: int) -> Market:
        """The first customers (to the end of a household), with the limits' share that falls to them."""
        program = first_customers(self.program, customers)
        return self.holding(program, share=program.customers / self.customers)

    @property
    def home(self) -> Int64s | None:
        """As in the program."""
        return self.program.home

    @property
    def slots(self) -> Int64s | None:
        """As in the program."""
        return self.program.slots

    @property
    def customers(self) -> int:
        """The number of customers."""
        return len(self.menus.start) - 1

    @property
    def rows(self) -> int:
        """The number of limits' rows."""
        return len(self.scale)

    def refined(self) -> Market:
        """The same with net values on the fine grid already, for a market that is looked at often."""
        return replace(self, menus=self.menus._replace(net=fine_nets(self.menus), shift=np.int64(0)))

    def quote(self, price: Float64s) -> Quote:
        """What options cost at (rows,) prices."""
        unit = float(MICROS * 2**self.bits)
        per_option = (price[:, None] * self.per_option).sum(axis=0) * unit
        return Quote(_grid(np.floor(per_option)), (price[None, :, None] * self.factors).sum(axis=1) * unit)

    def widths_of(self, width: float) -> Quote:
        """The same amount in the currency for every option."""
        unit = float(MICROS * 2**self.bits)
        per_option = np.full(self.per_option.shape[1], np.ceil(width * unit))
        return Quote(_grid(per_option), np.zeros(self.factors.shape[::2]))

    def moves(self, before: Float64s, after: Float64s) -> Quote:
        """By how much what options cost differs between two prices."""
        one, other = self.quote(before), self.quote(after)
        return Quote(np.abs(other.price - one.price), np.abs(other.steep - one.steep))

    def constant(self, price: Float64s) -> float:
        """What the limits' bounds are worth at these prices, in the currency."""
        bound = np.where(price > 0, self.upper, np.where(price < 0, self.lower, 0.0))
        return float((price * bound).sum())

    def in_row_units(self, price: Float64s) -> Float64s:
        """Prices in millionths of the currency per row unit."""
        return price * MICROS / self.scale


def menus_of(program: Program) -> Menus:
    """The candidates of a program, on the finest grid on which the margins of the night can be added up."""
    largest = max(program.spans.largest_net(), 1)
    columns = [program.columns[name] for name in program.factors]
    stacked = columns[0][None, :] if len(columns) == 1 else np.array(columns, dtype=np.int64)
    return Menus(
        start=program.start,
        customer_key=program.customer_key,
        net=program.net,
        option=program.option,
        option_key=program.option_key,
        columns=stacked.reshape(len(columns), len(program.net)),
        shift=np.int64(max(0, min(FINEST_BITS, LARGEST_MARGIN.bit_length() - largest.bit_length()))),
    )


def _scales(program: Program) -> Float64s:
    """(rows,) the typical size of a coefficient that is not 0."""
    scale = np.ones(len(program.rows))
    typical = {name: float(np.abs(column).mean()) if len(column) else 0.0 for name, column in program.columns.items()}
    for row in range(len(program.rows)):
        sizes = np.abs(program.per_option[row]).astype(np.float64)
        for name, factors in program.factors.items():
            sizes += np.abs(factors[row]) * typical[name]
        if (sizes > 0).any():
            scale[row] = sizes[sizes > 0].mean()
    return scale


def _grid(amounts: Float64s) -> Int64s:
    return np.clip(amounts, -FARTHEST, FARTHEST).astype(np.int64)


def _bounds(bounds: Sequence[int | None], otherwise: float) -> Float64s:
    return np.array([otherwise if bound is None else float(bound) for bound in bounds], dtype=np.float64)


def _caps(caps: Sequence[tuple[int | None, Fraction | None]]) -> Float64s:
    """How far a price may go on one side: nowhere without a bound, as far as a soft bound's price, else anywhere."""
    return np.array([0.0 if bound is None else np.inf if cap is None else float(cap) for bound, cap in caps])
