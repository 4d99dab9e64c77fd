"""The canonical order of candidates, by keyed hash: ties follow neither the alphabet nor the order of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pandas.util import hash_array

if TYPE_CHECKING:
    from optimization.problem import Problem

DENSEST = 2**24
"""Codes below this are counted in a table; higher ones are sorted."""
WORTH_COMPILING = 1_000_000
"""Rows from which a compiled counting sort repays the time to load the compiler."""


def compacted(code: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The codes renumbered 0, 1, … in their own order, and the first row of each."""
    if not len(code) or int(code.max()) >= DENSEST:
        _, first, dense = np.unique(code, return_index=True, return_inverse=True)
        return dense.astype(np.int64), first.astype(np.int64)
    first_row = np.full(int(code.max()) + 1, -1, dtype=np.int64)
    first_row[code[::-1]] = np.arange(len(code) - 1, -1, -1)
    present = np.flatnonzero(first_row >= 0)
    number = np.zeros(len(first_row), dtype=np.int64)
    number[present] = np.arange(len(present))
    return number[code], first_row[present]


def sorted_rows(group: NDArray[np.int64], groups: int, key: NDArray[np.uint64]) -> NDArray[np.int64]:
    """(n,) rows by group, then by key; rows whose group and key are the same stay in their order."""
    if len(group) < WORTH_COMPILING:
        return np.lexsort((key, group)).astype(np.int64)
    from optimization.engines.kernel import sort_within_groups  # noqa: PLC0415  the compiler is slow to start

    start = np.append(0, np.cumsum(np.bincount(group, minlength=groups))).astype(np.int64)
    order = np.empty(len(group), dtype=np.int64)
    sort_within_groups(group, start, key, order)
    return order


Keys = NDArray[np.uint64]


def keyed_hash(ids: NDArray[np.object_], seed: int) -> Keys:
    """(k,) 64-bit keys of text ids (SipHash); the same everywhere, another order for another seed."""
    return hash_array(ids, hash_key=f"{seed:016x}"[-16:], categorize=False)


def canonical_order(problem: Problem) -> NDArray[np.int64]:
    """(n,) candidate indices by the hash of their ids; households and customers are contiguous."""
    customer_key = problem.customer_key
    pair_key = pair_keys(problem)
    key = _mixed(customer_key[problem.customer] ^ pair_key[problem.offer, problem.channel])
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
    return _mixed(offer_key[:, None] ^ _mixed(channel_key)[None, :])


def household_of(problem: Problem) -> NDArray[np.int64]:
    """(customers,) the household of each customer; a customer without one is a household of one member."""
    if problem.household is None or problem.household_ids is None:
        return np.arange(len(problem.customer_ids), dtype=np.int64)
    alone = len(problem.household_ids) + np.arange(len(problem.household))
    return np.where(problem.household < 0, alone, problem.household).astype(np.int64)


def _mixed(key: Keys) -> Keys:
    """A bijection of 64-bit keys that spreads every bit (the finaliser of SplitMix64; Steele, Lea, Flood 2014)."""
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))
