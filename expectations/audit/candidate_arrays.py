"""Every candidate of a night as arrays, and which limits' bounds count it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from expectations.audit.limit_bounds import CONTACTS, LimitBound, Term, value_of
from expectations.audit.micros import MICROS

Int64s = NDArray[np.int64]
Numbers = NDArray[Any]
"""int64, or Python's integers where those could be too large for it."""
SAFE = 2**62
"""Sums and products below this stay within int64."""
PARTED = "\x1f"
"""Between the labels of a row that has several."""
SYNONYMS = {"offer": "offer_id", "customer": "customer_id"}
IDS = ("customer_id", "offer_id", "channel")


@dataclass(frozen=True)
class CandidateArrays:
    """n candidates of some customers.

    Attributes:
        table: the candidates; amounts in int64 millionths.
        customer: (n,) the customer of each candidate, 0 ..
        household: (customers,) the household of each customer; one who lives alone is a household too.
        household_capacity: (households,) how many members may be chosen; None: households do not count.
        net: (n,) value less cost in millionths.
        pattern: (n,) candidates of one pattern are counted by the same terms of bounds.
        is_counted: (terms, patterns) which, the terms of all sides in their order.
    """

    table: pa.Table
    sides: Sequence[LimitBound]
    customer: Int64s
    household: Int64s
    household_capacity: Int64s | None
    net: Numbers
    pattern: Int64s
    is_counted: NDArray[np.bool_]

    @classmethod
    def of(cls, table: pa.Table, sides: Sequence[LimitBound], max_per_household: int | str | None) -> CandidateArrays:
        """The candidates of a table with customer_id, offer_id, channel, value, cost and what the bounds name.

        Args:
            max_per_household: how many members of a household may be chosen, or the column that says it; a customer
                without a number there takes no place in its household.

        Raises:
            KeyError: a bound names a column that the table does not have.
        """
        customer, customers = _codes(table["customer_id"])
        pattern, is_counted = _patterns(table, [term for side in sides for term in side.terms])
        household, household_capacity = np.arange(customers), None
        if max_per_household is not None:
            household, household_capacity = _households(table, customer, customers, max_per_household)
        return cls(
            table=table,
            sides=sides,
            customer=customer,
            household=household,
            household_capacity=household_capacity,
            net=_difference(_amounts(table, "value"), _amounts(table, "cost")),
            pattern=pattern,
            is_counted=is_counted,
        )

    @cached_property
    def place_of(self) -> dict[tuple[str, ...], int]:
        """Customer, offer and channel -> the candidate."""
        ids = zip(*(self.table[name].to_pylist() for name in IDS), strict=True)
        return {key: place for place, key in enumerate(ids)}

    def weighted(self, weights: Sequence[Fraction]) -> tuple[Numbers, int]:
        """(n,) Σ_s weights[s] * what a candidate counts in side s, in the unit of the side's limit.

        Returns:
            Numerators and the denominator they share.
        """
        columns = sorted({name for side in self.sides for term in side.terms for name in term.factors})
        slopes = {name: self._slopes(name, weights) for name in columns}
        shared = lcm(*(slope.denominator for of_pattern in slopes.values() for slope in of_pattern)) if slopes else 1
        whole = {name: [int(slope * shared) for slope in of_pattern] for name, of_pattern in slopes.items()}
        sizes = {name: np.ones(1, dtype=np.int64) if name == CONTACTS else self.amounts(name) for name in columns}
        largest = sum(max(map(abs, whole[name]), default=0) * largest_of(sizes[name]) for name in columns)
        kind = np.int64 if largest < SAFE else object
        total: Numbers = np.zeros(len(self.net), dtype=kind)
        for name in columns:
            if any(whole[name]):
                total = total + np.array(whole[name], dtype=kind)[self.pattern] * sizes[name]
        return total, shared

    def amounts(self, name: str) -> Int64s:
        """(n,) a column of amounts, in millionths."""
        return _amounts(self.table, name)

    def only(self, is_kept: NDArray[np.bool_]) -> CandidateArrays:
        """The arrays without some candidates; a customer may be left with none."""
        return CandidateArrays(
            self.table.filter(pa.array(is_kept)),
            self.sides,
            self.customer[is_kept],
            self.household,
            self.household_capacity,
            self.net[is_kept],
            self.pattern[is_kept],
            self.is_counted,
        )

    def _slopes(self, name: str, weights: Sequence[Fraction]) -> list[Fraction]:
        """By pattern, what a contact or a millionth of an amount weighs."""
        parts = 1 if name == CONTACTS else MICROS
        factors = [
            weight * term.factors.get(name, Fraction(0)) / parts
            for weight, side in zip(weights, self.sides, strict=True)
            for term in side.terms
        ]
        return [sum((factors[term] for term in np.flatnonzero(counted)), Fraction(0)) for counted in self.is_counted.T]


def _patterns(table: pa.Table, terms: Sequence[Term]) -> tuple[Int64s, NDArray[np.bool_]]:
    """Classes of candidates by the terms that count them."""
    pattern = np.zeros(table.num_rows, dtype=np.int64)
    is_counted = np.ones((len(terms), 1), dtype=bool)
    for name in sorted({name for term in terms for name, _ in term.where}):
        values = [[named for column, named in term.where if column == name] for term in terms]
        class_of_row, named = _classes(table, name, values)
        pattern = pattern * named.shape[1] + class_of_row
        is_counted = (is_counted[:, :, None] & named[:, None, :]).reshape(len(terms), -1)
        unique, pattern = np.unique(pattern, return_inverse=True)
        is_counted = is_counted[:, unique]
    return pattern, is_counted


def _classes(
    table: pa.Table, name: str, values: Sequence[Sequence[frozenset[object]]]
) -> tuple[Int64s, NDArray[np.bool_]]:
    """Of one column: the class of each row, and (terms, classes) whether a term's `where` lets it pass.

    A row of several labels passes with any of them.
    """
    column = table[SYNONYMS.get(name, name)]
    has_several = pa.types.is_list(column.type)
    if has_several:
        plain = column.combine_chunks().cast(pa.list_(pa.string()))  # Spark's say that no text of theirs is null
        column = pa.chunked_array([pc.binary_join(plain, PARTED)])
    encoded = _encoded(column)
    texts = encoded.dictionary.to_pylist()
    labels = [set(text.split(PARTED)) if has_several else {value_of(text)} for text in texts] + [set()]
    passes = np.array([[all(label & allowed for allowed in named) for label in labels] for named in values], dtype=bool)
    classes, class_of_label = np.unique(passes, axis=1, return_inverse=True)
    code = encoded.indices.fill_null(len(labels) - 1).to_numpy()
    return class_of_label.reshape(-1)[code], classes


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """The column as codes of its labels."""
    whole = column.combine_chunks().dictionary_encode()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def _codes(ids: pa.ChunkedArray) -> tuple[Int64s, int]:
    column = _encoded(ids)
    return column.indices.to_numpy().astype(np.int64), len(column.dictionary)


def _households(
    table: pa.Table, customer: Int64s, customers: int, max_per_household: int | str
) -> tuple[Int64s, Int64s]:
    """The household of each customer, and how many members of each household may be chosen."""
    household = np.arange(customers, dtype=np.int64)
    column = _encoded(table["household_id"])
    code = column.indices.fill_null(-1).to_numpy().astype(np.int64)
    places = np.full(table.num_rows, 1, dtype=np.int64)
    if isinstance(max_per_household, str):
        stated = table[max_per_household]
        code = np.where(stated.is_null().to_numpy(), -1, code)
        places = stated.fill_null(1).to_numpy().astype(np.int64)
    else:
        places *= max_per_household
    household[customer[code >= 0]] = customers + code[code >= 0]
    place: Int64s = np.unique(household, return_inverse=True)[1]
    capacity = np.full(int(place.max(initial=-1)) + 1, SAFE, dtype=np.int64)
    np.minimum.at(capacity, place[customer], places)
    return place, capacity


def _amounts(table: pa.Table, name: str) -> Int64s:
    column = table[name].to_numpy()
    if column.dtype.kind == "f":  # a number that is no money
        column = np.rint(column * MICROS).astype(np.int64)
    amounts: Int64s = column.astype(np.int64, casting="safe")
    return amounts


def _difference(minuend: Int64s, subtrahend: Int64s) -> Numbers:
    """Exact: by Python's integers where int64 could overflow."""
    kind = np.int64 if largest_of(minuend) + largest_of(subtrahend) < SAFE else object
    difference: Numbers = minuend.astype(kind) - subtrahend.astype(kind)
    return difference


def largest_of(amounts: Numbers) -> int:
    """The size of the largest amount."""
    return max(int(amounts.max(initial=0)), -int(amounts.min(initial=0)))
