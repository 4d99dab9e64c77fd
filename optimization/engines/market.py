"""Customers who choose alone at given prices: what the search for prices looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from optimization.engines.kernel import Float64s, Int64s, Menus, Quote
from optimization.program import Program
from optimization.row import MILLION

FINEST_BITS = 16
LARGEST_MARGIN = 2**45
"""So that the gains of a chunk of customers add up within int64."""


HIGHEST = 1e6
"""Typical gains up to which a price may rise; only where limits conflict would it rise without end."""
FARTHEST = 2.0**60
"""Costs on the fine grid stop here, short of int64's end."""


@dataclass(frozen=True)
class Market:
    """Some or all customers of a program; limits are scaled so that a price is money per typical contact.

    Attributes:
        menus: their candidates.
        home, slots: as in the program.
        per_option: (rows, options) coefficients in scaled units.
        factors: (columns, rows, options) the same for the columns that differ within an option.
        lower, upper: (rows,) bounds in scaled units, infinite where there is none.
        cheapest, dearest: (rows,) between which prices may lie, in the currency per scaled unit.
        scale: (rows,) row units in one scaled unit.
        bits: margins are counted in 2**-bits millionths.
        place: (n,) the program's place of each candidate; None: the same place.
    """

    menus: Menus
    home: Int64s | None
    slots: Int64s | None
    per_option: Float64s
    factors: Float64s
    lower: Float64s
    upper: Float64s
    cheapest: Float64s
    dearest: Float64s
    scale: Float64s
    bits: int
    place: Int64s | None = None

    @classmethod
    def of(cls, program: Program) -> Market:
        """The whole program as a market."""
        scale = _scales(program)
        names = list(program.columns)
        columns = (
            np.stack([program.columns[name] for name in names])
            if names
            else np.zeros((0, len(program.net)), dtype=np.int64)
        )
        factors = np.array([program.factors[name] for name in names]).reshape(len(names), *program.per_option.shape)
        largest = max(int(program.net.max(initial=0)), -int(program.net.min(initial=0)), 1)
        bits = max(0, min(FINEST_BITS, LARGEST_MARGIN.bit_length() - largest.bit_length()))
        market = cls(
            menus=Menus(program.start, program.net, program.option, columns, np.int64(bits), np.int64(0)),
            home=program.home,
            slots=program.slots,
            per_option=program.per_option / scale[:, None],
            factors=factors / scale[None, :, None],
            lower=_bounds([row.lower for row in program.rows], -np.inf) / scale,
            upper=_bounds([row.upper for row in program.rows], np.inf) / scale,
            cheapest=-_caps([(row.lower, row.shortfall_price) for row in program.rows]) * scale / MILLION,
            dearest=_caps([(row.upper, row.excess_price) for row in program.rows]) * scale / MILLION,
            scale=scale,
            bits=bits,
        )
        highest = HIGHEST * market.typical_gain()
        return replace(
            market,
            cheapest=np.maximum(market.cheapest, -highest),
            dearest=np.minimum(market.dearest, highest),
        )

    @property
    def customers(self) -> int:
        """The number of customers."""
        return len(self.menus.start) - 1

    @property
    def rows(self) -> int:
        """The number of limits' rows."""
        return len(self.scale)

    def first(self, customers: int) -> Market:
        """The first customers (to the end of a household), with the limits' share that falls to them.

        Customers are in the order of a hash, so the first are a sample.
        """
        homes = 0
        if self.home is not None:
            homes = int(np.searchsorted(self.home, customers))
            customers = int(self.home[homes])
        share = customers / self.customers
        last = int(self.menus.start[customers])
        menus = self.menus._replace(
            start=self.menus.start[: customers + 1],
            net=self.menus.net[:last],
            option=self.menus.option[:last],
            columns=self.menus.columns[:, :last],
        )
        home = None if self.home is None else self.home[: homes + 1]
        slots = None if self.slots is None else self.slots[:homes]
        return replace(self, menus=menus, home=home, slots=slots, lower=self.lower * share, upper=self.upper * share)

    def quote(self, price: Float64s) -> Quote:
        """What options cost at (rows,) prices."""
        unit = float(MILLION * 2**self.bits)
        per_option = (price[:, None] * self.per_option).sum(axis=0) * unit
        return Quote(_grid(np.floor(per_option)), (price[None, :, None] * self.factors).sum(axis=1) * unit)

    def widths(self, width: Float64s) -> Quote:
        """By how much an option's cost may move when each price moves by at most its width."""
        unit = float(MILLION * 2**self.bits)
        per_option = (width[:, None] * np.abs(self.per_option)).sum(axis=0) * unit
        steep = (width[None, :, None] * np.abs(self.factors)).sum(axis=1) * unit
        return Quote(_grid(np.ceil(per_option) + 1), steep)

    def widths_of(self, width: float) -> Quote:
        """The same amount in the currency for every option."""
        unit = float(MILLION * 2**self.bits)
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

    def typical_gain(self) -> float:
        """The mean size of a net value, in the currency; 1 where all are 0."""
        head = self.menus.net[: 2**16].astype(np.float64)
        unit = MILLION * 2 ** (self.bits - int(self.menus.shift))
        return float(np.abs(head).mean()) / unit if head.any() else 1.0

    def in_row_units(self, price: Float64s) -> Float64s:
        """Prices in millionths of the currency per row unit."""
        return price * MILLION / self.scale


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
