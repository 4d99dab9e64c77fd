"""The customers of a night, wherever their candidates lie: all that the search for prices asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

import numpy as np

from optimization.bound import Prices, weak_duality_bound
from optimization.engines.kernel import Int64s, Quote
from optimization.engines.oracle import decisions
from optimization.engines.relaxation import softened
from optimization.presolve import first_customers, narrowed
from optimization.program import Program


@dataclass(frozen=True)
class Rest:
    """What is left of some customers when those are set aside whose choice is the same all over a box of prices.

    Attributes:
        program: the others, with their candidates that can still be best and the bounds less what is decided;
            `candidate` are places among all candidates of the night.
        customers: how many there were.
        used: (rows,) what the decided use, in row units.
        worth: millionths, the net value of what is decided.
        decided: the places that are decided, ascending; None where they stay where the candidates lie.
    """

    program: Program
    customers: int
    used: Sequence[int]
    worth: int
    decided: Int64s | None


class Crowd(Protocol):
    """All customers of a night, in the order of the keyed hash."""

    @property
    def blank(self) -> Program:
        """Their program; only what holds for the whole night is asked of it: limits, options, spans."""

    @property
    def customers(self) -> int:
        """How many there are."""

    def first(self, customers: int) -> Program:
        """The first so many customers, to the end of a household."""

    def rest(self, customers: int, quote: Quote, widths: Quote) -> Rest:
        """What is left of the first so many customers in the box of prices that a quote and its widths span."""

    def bound(self, prices: Prices, *, counts_value: bool = True) -> Fraction:
        """`weak_duality_bound` over all customers."""

    def softened(self, names: Sequence[str] | None = None) -> Crowd:
        """The same customers when the only worth is what the bounds of some limits, or of all, must change."""


def share_of(crowd: Crowd, customers: int) -> float:
    """The part of the limits that falls to so many of the customers."""
    return customers / crowd.customers if crowd.customers else 1.0


@dataclass(frozen=True)
class Gathered:
    """A crowd whose candidates are all in this process."""

    program: Program

    @property
    def blank(self) -> Program:
        """The program."""
        return self.program

    @property
    def customers(self) -> int:
        """The number of customers."""
        return self.program.customers

    def first(self, customers: int) -> Program:
        """The first so many customers, to the end of a household."""
        return first_customers(replace(self.program, candidate=None), customers)

    def rest(self, customers: int, quote: Quote, widths: Quote) -> Rest:
        """What is left of the first so many customers in a box of prices."""
        return rest_of(self.first(customers), quote, widths)

    def bound(self, prices: Prices, *, counts_value: bool = True) -> Fraction:
        """The bound over all customers."""
        return weak_duality_bound(self.program, prices, counts_value=counts_value)

    def softened(self, names: Sequence[str] | None = None) -> Gathered:
        """The same customers when the only worth is what the bounds of some limits, or of all, must change."""
        return Gathered(softened(self.program, names))


def rest_of(program: Program, quote: Quote, widths: Quote) -> Rest:
    """Set aside the customers of a program who are decided in a box of prices."""
    kept, decided = decisions(program, quote, widths)
    worth = int(program.net[decided].sum(dtype=np.int64))
    return Rest(narrowed(program, kept, decided), program.customers, program.uses(decided), worth, decided)
