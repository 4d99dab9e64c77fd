"""Keyed hashes of ids, and sorting by them: ties follow neither the alphabet nor the order of rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pandas.util import hash_array

Keys = NDArray[np.uint64]

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


def keyed_hash(ids: NDArray[np.object_], seed: int) -> Keys:
    """(k,) 64-bit keys of text ids (SipHash); the same everywhere, another order for another seed."""
    return hash_array(ids, hash_key=f"{seed:016x}"[-16:], categorize=False)


def mixed(key: Keys) -> Keys:
    """A bijection of 64-bit keys that spreads every bit (the finaliser of SplitMix64; Steele, Lea, Flood 2014)."""
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))
