"""The integer program: candidates and limits as arrays, in the order of the keyed hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, gcd

import numpy as np
from numpy.typing import NDArray

from optimization.exact_sums import exact_sum
from optimization.limits import Row

Span = tuple[int, int]
"""The least and the largest of some numbers."""


@dataclass(frozen=True)
class Spans:
    """The spans of the amounts of a night. Parts of the night keep them, so that all parts compute on the same grid.

    Attributes:
        net: of net values.
        columns: of the columns that differ within an option.
    """

    net: Span
    columns: Mapping[str, Span]

    @classmethod
    def of(cls, net: NDArray[np.signedinteger], columns: Mapping[str, NDArray[np.int64]]) -> Spans:
        """The spans of arrays; 0 belongs to each."""
        return cls(span_of(net), {name: span_of(column) for name, column in columns.items()})

    def largest_net(self) -> int:
        """The size of the largest net value."""
        return max(self.net[1], -self.net[0])

    def largest(self, column: str) -> int:
        """The size of the largest amount in a column."""
        low, high = self.columns[column]
        return max(high, -low)


def span_of(numbers: NDArray[np.signedinteger]) -> Span:
    """The span of some numbers and 0."""
    return int(numbers.min(initial=0)), int(numbers.max(initial=0))


@dataclass(frozen=True)
class Program:
    """Maximise Σ net_k x_k minus the soft limits' losses: at most one a customer, every row kept, x binary.

    The coefficient of candidate k in row r is
    `per_option[r, o] + Σ_c factors[c][r, o] * columns[c][k]` with `o = option[k]`.

    Attributes:
        candidate: (n,) int64, the index in the problem of each candidate here; None: the same index.
        start: (customers + 1,) int64; customer i has the candidates start[i] .. start[i + 1] - 1, at least one.
        household_offsets: (households + 1,) int64; household h has the customers household_offsets[h] ..
            household_offsets[h + 1] - 1; None: no households.
        household_capacity: (households,) int64, how many members may be chosen; None: no households.
        customer_key: (customers,) uint64, the keyed hash of each customer.
        net: (n,) int32 or int64, value - cost in micros of the currency.
        option: (n,) int32 or narrower; candidates of one option share offer and channel and match the same limits.
        columns: the columns that differ within an option, (n,) int64 each.
        rows: the limits.
        option_key: (options,) uint64, the keyed hash of each option's offer and channel.
        spans: of net values and columns, at least.
        per_option: (rows, options) int64.
        factors: column -> (rows, options) int64.
    """

    candidate: NDArray[np.int64] | None
    start: NDArray[np.int64]
    household_offsets: NDArray[np.int64] | None
    household_capacity: NDArray[np.int64] | None
    customer_key: NDArray[np.uint64]
    net: NDArray[np.signedinteger]
    option: NDArray[np.integer]
    columns: Mapping[str, NDArray[np.int64]]
    rows: tuple[Row, ...]
    option_key: NDArray[np.uint64]
    spans: Spans
    per_option: NDArray[np.int64]
    factors: Mapping[str, NDArray[np.int64]]

    @property
    def customers(self) -> int:
        """The number of customers."""
        return len(self.start) - 1

    def coefficients(self, row: int, candidates: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.int64]:
        """The coefficients of some candidates in one row."""
        option = self.option[candidates]
        total: NDArray[np.int64] = self.per_option[row][option]
        for name, column in self.columns.items():
            if self.factors[name][row].any():
                total = total + self.factors[name][row][option] * column[candidates]
        return total

    def indices_in_problem(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """The problem's indices of some candidates."""
        return positions if self.candidate is None else self.candidate[positions]

    def uses(self, chosen: NDArray[np.int64]) -> list[int]:
        """The left-hand side of each row for chosen candidates, at most one a customer, in exact integers.

        `compilation` refuses amounts whose sums over all customers could leave int64.
        """
        option, options = self.option[chosen], self.per_option.shape[1]
        uses = self.per_option @ np.bincount(option, minlength=options)
        for name, column in self.columns.items():
            sums = np.zeros(options, dtype=np.int64)
            np.add.at(sums, option, column[chosen])
            uses = uses + self.factors[name] @ sums
        return [int(use) for use in uses]

    def worth(self, chosen: NDArray[np.int64]) -> int | None:
        """The worth of chosen candidates in micros, rounded down; None where they break a hard row."""
        losses = [row.loss(use) for row, use in zip(self.rows, self.uses(chosen), strict=True)]
        if any(loss is None for loss in losses):
            return None
        return exact_sum(self.net[chosen]) - ceil(sum(loss for loss in losses if loss is not None))

    def customer_of(self) -> NDArray[np.int64]:
        """(n,) the customer of each candidate."""
        return np.repeat(np.arange(self.customers, dtype=np.int64), np.diff(self.start))

    def household_of(self) -> NDArray[np.int64] | None:
        """(customers,) the household of each customer; None: no households."""
        if self.household_offsets is None:
            return None
        return np.repeat(np.arange(len(self.household_offsets) - 1, dtype=np.int64), np.diff(self.household_offsets))

    def objective_granularity(self) -> int:
        """A whole number of micros that divides the worth of every plan (a greatest common divisor)."""
        return granularity_of(self.rows, int(np.gcd.reduce(self.net)) if len(self.net) else 0)


def granularity_of(rows: Sequence[Row], divisor: int) -> int:
    """A whole number of micros that divides the worth of every plan, if `divisor` divides all net values."""
    prices = [p for row in rows for p in (row.shortfall_price, row.excess_price) if p is not None]
    if any(price.denominator != 1 for price in prices):
        return 1
    return gcd(divisor, *(int(price) for price in prices)) or 1
