"""The protocol through which the price search reads customers, and its implementation for candidates in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

from optimization.bound import Prices, weak_duality_bound
from optimization.engines.kernel import Int64s, OptionCosts
from optimization.engines.oracle import decisions
from optimization.engines.relaxation import softened
from optimization.exact_sums import exact_sum
from optimization.presolve import first_customers, restricted
from optimization.program import Program


@dataclass(frozen=True)
class Rest:
    """The undecided rest of some customers, after those whose choice is the same in a price box have been fixed.

    Attributes:
        program: the undecided, with the candidates that can still be best and the bounds less what the fixed use;
            `candidate` holds positions among all candidates of the night.
        customers: the number of customers, fixed and undecided.
        used: (rows,) what the fixed use, in row units.
        worth: micros, the net value of what the fixed choose.
        decided: positions of what the fixed choose, ascending; None where the store keeps them.
    """

    program: Program
    customers: int
    used: Sequence[int]
    worth: int
    decided: Int64s | None


class CustomerStore(Protocol):
    """All customers of a night, in the order of the keyed hash: in memory, or in Spark."""

    @property
    def blank(self) -> Program:
        """Their program; callers read only what holds for the whole night: limits, options, spans."""

    @property
    def customers(self) -> int:
        """The number of customers."""

    def first(self, customers: int) -> Program:
        """The program of the first customers, whole households: a sample."""

    def rest(self, customers: int, costs: OptionCosts, spread: OptionCosts) -> Rest:
        """The undecided rest of the first customers in a price box (option costs and their spread)."""

    def bound(self, prices: Prices, *, counts_value: bool = True) -> Fraction:
        """`weak_duality_bound` over all customers."""

    def softened(self, names: Sequence[str] | None = None) -> CustomerStore:
        """The same customers with the elastic objective: the least change of the bounds of some limits, or of all."""


def share_of(store: CustomerStore, customers: int) -> float:
    """The share of each limit that belongs to so many of the customers."""
    return customers / store.customers if store.customers else 1.0


@dataclass(frozen=True)
class InMemory:
    """Customers whose candidates are all in this process."""

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
        """The program of the first customers, whole households."""
        return first_customers(replace(self.program, candidate=None), customers)

    def rest(self, customers: int, costs: OptionCosts, spread: OptionCosts) -> Rest:
        """The undecided rest of the first customers in a price box."""
        return rest_of(self.first(customers), costs, spread)

    def bound(self, prices: Prices, *, counts_value: bool = True) -> Fraction:
        """The bound over all customers."""
        return weak_duality_bound(self.program, prices, counts_value=counts_value)

    def softened(self, names: Sequence[str] | None = None) -> InMemory:
        """The same customers with the elastic objective."""
        return InMemory(softened(self.program, names))


def rest_of(program: Program, costs: OptionCosts, spread: OptionCosts) -> Rest:
    """Fix the customers of a program whose choice is the same in a price box."""
    kept, decided = decisions(program, costs, spread)
    worth = exact_sum(program.net[decided])
    return Rest(restricted(program, kept, decided), program.customers, program.uses(decided), worth, decided)
