"""The canonical order, and sorting of long tables: compiled and plain code agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimization import order
from optimization.order import compacted, keyed_hash, sorted_rows

CODES = st.lists(st.integers(0, 9), max_size=40)


def test_the_hash_is_the_same_everywhere_and_another_for_another_seed():
    ids = np.array(["ann", "bob"], dtype=object)
    assert keyed_hash(ids, 0).tolist() == [13792182822119379499, 1612623538613175780]
    assert keyed_hash(ids, 0).tolist() != keyed_hash(ids, 1).tolist()


def test_households_and_customers_stand_together_in_the_order(night):
    drawn = night(
        """
        customer_id | offer_id | channel | value | cost | household_id
        ann         | card     | sms     | 3     | 1    | h1
        eve         | card     | sms     | 3     | 1    | -
        bob         | card     | sms     | 3     | 1    | h1
        ann         | loan     | sms     | 3     | 1    | h1
    """,
        max_per_household=1,
    )
    customers = [drawn.customer_ids[drawn.customer[k]] for k in drawn.order]
    household, alone = ["ann", "ann", "bob"], ["eve"]
    swapped = ["bob", "ann", "ann"]
    assert customers in (household + alone, swapped + alone, alone + household, alone + swapped)


@given(CODES, st.booleans())
def test_compacted_codes_keep_their_order_and_first_rows(codes, is_sparse):
    code = np.array(codes, dtype=np.int64) * (order.DENSEST if is_sparse else 1)
    dense, first = compacted(code)
    kinds = sorted(set(code.tolist()))
    assert dense.tolist() == [kinds.index(label) for label in code.tolist()]
    assert first.tolist() == [code.tolist().index(kind) for kind in kinds]


@pytest.mark.parametrize("worth_compiling", [0, 10**9])
def test_rows_are_sorted_by_group_then_key_whichever_way(worth_compiling, monkeypatch):
    monkeypatch.setattr(order, "WORTH_COMPILING", worth_compiling)
    pick = np.random.default_rng(3)
    group, key = pick.integers(0, 50, 2_000), pick.integers(0, 99, 2_000).astype(np.uint64)
    expected = sorted(range(2_000), key=lambda row: (group[row], key[row], row))
    assert sorted_rows(group, 50, key).tolist() == expected
