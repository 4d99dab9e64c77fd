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
        max_per_household: how many members of a household may get an offer; None where households have no limit.
        seed: key of the hash that breaks ties.
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
    max_per_household: int | None = None
    seed: int = 0

    def __len__(self) -> int:
        return len(self.value)

    @classmethod
    def from_table(cls, table: pa.Table, *, max_per_household: int | None = None, seed: int = 0) -> Problem:
        """The problem that a table of candidates states; row j of the table is candidate j.

        Args:
            table: customer_id, offer_id, channel (text), value, cost (int64 micros), household_id (text, if
                `max_per_household` is set), and any further columns that limits name.
            max_per_household: how many members of one household may get an offer.
            seed: key of the hash that breaks ties.

        Raises:
            BadInput: a column is missing, mistyped, null or out of range, or a candidate occurs twice.
        """
        _check_columns(table, max_per_household)
        customer, offer, channel = (ids_of(table, name) for name in REQUIRED[:3])
        household = _households(table, customer) if max_per_household is not None else None
        further = [name for name in table.column_names if name not in (*REQUIRED, "household_id")]
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
            seed=seed,
        )
        _check_unique(problem)
        return problem

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


def _check_columns(table: pa.Table, max_per_household: int | None) -> None:
    required = REQUIRED if max_per_household is None else (*REQUIRED, "household_id")
    for name in required:
        if name not in table.column_names:
            raise BadInput(f"candidates: no column {name!r}{nearest(name, table.column_names)}")
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if twice:
        raise BadInput(f"candidates: column {twice[0]!r} occurs {table.column_names.count(twice[0])} times")
    if max_per_household is not None and max_per_household < 1:
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


def _households(table: pa.Table, customer: Labels) -> Labels:
    """The household of each customer code."""
    per_row = labels_of(table, ["household_id"]).get("household_id")
    if per_row is None:
        raise BadInput(f"candidates: household_id must be text, found {table.schema.field('household_id').type}")
    code = np.full(len(customer.of_code), -1, dtype=np.int32)
    code[customer.code] = per_row.code
    if (code[customer.code] != per_row.code).any():
        is_split = code[customer.code] != per_row.code
        raise BadInput(f"candidates: household_id differs between rows of one customer ({rows_named(is_split)})")
    return Labels(code, per_row.of_code)


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


def household_of(problem: Problem) -> NDArray[np.int64]:
    """(customers,) the household of each customer; a customer without one is a household of one member."""
    if problem.household is None or problem.household_ids is None:
        return np.arange(len(problem.customer_ids), dtype=np.int64)
    alone = len(problem.household_ids) + np.arange(len(problem.household))
    return np.where(problem.household < 0, alone, problem.household).astype(np.int64)
