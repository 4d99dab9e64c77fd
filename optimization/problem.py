"""The problem: candidates of one night as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from optimization.columns import Labels, amounts_of, ids_of, labels_of, money_of
from optimization.errors import BadInput, nearest, rows_named
from optimization.order import Keys, keyed_hash, mixed, sorted_rows

REQUIRED = ("customer_id", "offer_id", "channel", "value", "cost")


@dataclass(frozen=True)
class Problem:
    """n candidates; candidate j offers `offer[j]` to `customer[j]` through `channel[j]`.

    Attributes:
        customer, offer, channel: (n,) int32 codes; the label of code k is `<name>_ids[k]`.
        value: (n,) int64, micros of the currency; expected incremental margin, cost not deducted.
        cost: (n,) int64, micros of the currency, >= 0.
        amounts: further (n,) int64 columns that limits may sum (micros of their unit) or name in `where`.
        labels: further columns that limits may name in `where`.
        unusable: column -> why no limit can name it.
        household: (customers,) int32, the household of a customer code; -1 where a customer has none.
        household_ids: the label of each household code.
        max_per_household: how many members of a household may get an offer, or the column that says it for each; None
            where households have no limit.
        household_capacity: (households,) int64, how many of each may; None where a column does not say it.
        seed: key of the hash that breaks ties.
        gain: (n,) int64, what a candidate adds to the worth of a plan, in micros; None: value less cost.
    """

    customer: NDArray[np.int32]
    offer: NDArray[np.int32]
    channel: NDArray[np.int32]
    customer_ids: NDArray[np.object_]
    offer_ids: NDArray[np.object_]
    channel_ids: NDArray[np.object_]
    value: NDArray[np.int64]
    cost: NDArray[np.int64]
    amounts: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    labels: Mapping[str, Labels] = field(default_factory=dict)
    unusable: Mapping[str, str] = field(default_factory=dict)
    household: NDArray[np.int32] | None = None
    household_ids: NDArray[np.object_] | None = None
    max_per_household: int | str | None = None
    household_capacity: NDArray[np.int64] | None = None
    seed: int = 0
    gain: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.value)

    @classmethod
    def from_table(cls, table: pa.Table, *, max_per_household: int | str | None = None, seed: int = 0) -> Problem:
        """The problem that a table of candidates states; row j of the table is candidate j.

        Args:
            table: customer_id, offer_id, channel (text), value, cost (int64 micros), household_id (text, if
                `max_per_household` is set), and any further columns that limits name.
            max_per_household: how many members of one household may get an offer, or the column of whole numbers that
                says it, the same in all rows of a household; null for a customer who takes no place in it.
            seed: key of the hash that breaks ties.

        Raises:
            BadInput: a column is missing, mistyped, null or out of range, or a candidate occurs twice.
        """
        _check_columns(table, max_per_household)
        customer, offer, channel = (ids_of(table, name) for name in REQUIRED[:3])
        household, capacity = _households(table, customer, max_per_household)
        further = [name for name in table.column_names if name not in (*REQUIRED, "household_id", max_per_household)]
        amounts, unusable = amounts_of(table, further)
        problem = cls(
            customer=customer.code,
            offer=offer.code,
            channel=channel.code,
            customer_ids=customer.of_code,
            offer_ids=offer.of_code,
            channel_ids=channel.of_code,
            value=money_of(table, "value"),
            cost=money_of(table, "cost", minimum=0),
            amounts=amounts,
            labels=labels_of(table, further),
            unusable=unusable,
            household=household.code if household else None,
            household_ids=household.of_code if household else None,
            max_per_household=max_per_household,
            household_capacity=capacity,
            seed=seed,
        )
        _check_unique(problem)
        return problem

    @property
    def net(self) -> NDArray[np.int64]:
        """(n,) what each candidate adds to the worth of a plan."""
        return self.value - self.cost if self.gain is None else self.gain

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """(n,) candidate indices in the order that ties are broken in."""
        return canonical_order(self)

    @cached_property
    def customer_key(self) -> Keys:
        """(customers,) the keyed hash of each customer code."""
        return keyed_hash(self.customer_ids, self.seed)

    def amount(self, name: str) -> NDArray[np.int64] | None:
        """The (n,) int64 column of this name that may be summed, None if there is none."""
        money = {"value": self.value, "cost": self.cost}
        return money.get(name, self.amounts.get(name))

    def label(self, name: str) -> Labels | None:
        """The label column of this name; `offer` and `customer` stand for their ids."""
        ids = {
            "customer": Labels(self.customer, self.customer_ids),
            "offer": Labels(self.offer, self.offer_ids),
            "channel": Labels(self.channel, self.channel_ids),
        }
        ids |= {"customer_id": ids["customer"], "offer_id": ids["offer"]}
        return ids.get(name, self.labels.get(name))


def _check_columns(table: pa.Table, max_per_household: int | str | None) -> None:
    required = REQUIRED if max_per_household is None else (*REQUIRED, "household_id")
    required = (*required, max_per_household) if isinstance(max_per_household, str) else required
    for name in required:
        if name not in table.column_names:
            raise BadInput(f"candidates: no column {name!r}{nearest(name, table.column_names)}")
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if twice:
        raise BadInput(f"candidates: column {twice[0]!r} occurs {table.column_names.count(twice[0])} times")
    if isinstance(max_per_household, int) and max_per_household < 1:
        raise BadInput(f"max_per_household is {max_per_household}; it must be at least 1")


def _check_unique(problem: Problem) -> None:
    """Equal candidates have equal hashes, so they are adjacent in the canonical order."""
    order = problem.order
    is_same = np.ones(max(len(order) - 1, 0), dtype=bool)
    for code in (problem.customer, problem.offer, problem.channel):
        in_order = code[order]
        is_same &= in_order[1:] == in_order[:-1]
    if is_same.any():
        is_repeated = np.zeros(len(order), dtype=bool)
        is_repeated[order[1:][is_same]] = True
        raise BadInput(f"candidates: customer_id, offer_id, channel must be unique ({rows_named(is_repeated)})")


def _households(
    table: pa.Table, customer: Labels, max_per_household: int | str | None
) -> tuple[Labels | None, NDArray[np.int64] | None]:
    """The household of each customer code, and the capacity of each household where a column says it."""
    if max_per_household is None:
        return None, None
    per_row = labels_of(table, ["household_id"]).get("household_id")
    if per_row is None:
        raise BadInput(f"candidates: household_id must be text, found {table.schema.field('household_id').type}")
    capacity = _capacities(table, max_per_household, per_row) if isinstance(max_per_household, str) else None
    row_code = per_row.code if capacity is None else np.where(capacity.of_row < 0, -1, per_row.code)
    code = np.full(len(customer.of_code), -1, dtype=np.int32)
    code[customer.code] = row_code
    if (code[customer.code] != row_code).any():
        is_split = code[customer.code] != row_code
        what = "household_id" if capacity is None else f"household_id, or whether {max_per_household} is null,"
        raise BadInput(f"candidates: {what} differs between rows of one customer ({rows_named(is_split)})")
    return Labels(code, per_row.of_code), None if capacity is None else capacity.of_household


@dataclass(frozen=True)
class _Capacities:
    """Whole numbers >= 0: of each household, and of each row; -1 where a row has none."""

    of_household: NDArray[np.int64]
    of_row: NDArray[np.int64]


def _capacities(table: pa.Table, name: str, household: Labels) -> _Capacities:
    kind = table.schema.field(name).type
    if not pa.types.is_signed_integer(kind):
        raise BadInput(f"candidates: {name} must be whole numbers, found {kind}")
    is_null = table.column(name).is_null().to_numpy()
    of_row = table.column(name).cast(pa.int64()).fill_null(-1).to_numpy().copy()
    if (of_row[~is_null] < 0).any():
        raise BadInput(f"candidates: {name} must be >= 0 ({rows_named((of_row < 0) & ~is_null)})")
    of_row[household.code < 0] = -1
    counted = of_row >= 0
    of_household = np.zeros(len(household.of_code), dtype=np.int64)
    of_household[household.code[counted]] = of_row[counted]
    differs = counted & (np.append(of_household, -1)[household.code] != of_row)
    if differs.any():
        raise BadInput(f"candidates: {name} differs between rows of one household ({rows_named(differs)})")
    return _Capacities(of_household, of_row)


def canonical_order(problem: Problem) -> NDArray[np.int64]:
    """(n,) candidate indices by the hash of their ids; households and customers are contiguous."""
    customer_key = problem.customer_key
    pair_key = pair_keys(problem)
    key = mixed(customer_key[problem.customer] ^ pair_key[problem.offer, problem.channel])
    by: list[NDArray[np.generic]] = [np.arange(len(customer_key)), customer_key]
    if problem.household is not None and problem.household_ids is not None:
        household = household_of(problem)
        by += [household, np.concatenate([keyed_hash(problem.household_ids, problem.seed), customer_key])[household]]
    rank = np.empty(len(customer_key), dtype=np.int64)
    rank[np.lexsort(by)] = np.arange(len(customer_key))
    return sorted_rows(rank[problem.customer], len(customer_key), key)


def pair_keys(problem: Problem) -> Keys:
    """(offers, channels) the key of each offer in each channel."""
    offer_key = keyed_hash(problem.offer_ids, problem.seed)
    channel_key = keyed_hash(problem.channel_ids, problem.seed)
    return mixed(offer_key[:, None] ^ mixed(channel_key)[None, :])


def capacity_of(problem: Problem, households: NDArray[np.int64]) -> NDArray[np.int64]:
    """(k,) how many members of households, as `household_of` numbers them, may get an offer."""
    if problem.household_capacity is None:
        return np.full(len(households), problem.max_per_household, dtype=np.int64)
    alone = np.ones(len(problem.customer_ids), dtype=np.int64)
    return np.concatenate([problem.household_capacity, alone])[households]


def household_of(problem: Problem) -> NDArray[np.int64]:
    """(customers,) the household of each customer; a customer without one is a household of one member."""
    if problem.household is None or problem.household_ids is None:
        return np.arange(len(problem.customer_ids), dtype=np.int64)
    alone = len(problem.household_ids) + np.arange(len(problem.household))
    return np.where(problem.household < 0, alone, problem.household).astype(np.int64)
