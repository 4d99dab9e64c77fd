"""Packed facts, arrays and tables are unpacked unchanged, and arrays are writeable."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from optimization.spark.serialization import packed, table_bytes, table_of, unpacked

KINDS = st.sampled_from(["int64", "uint64", "uint16", "float64", "bool", "int32"])
ARRAYS = st.dictionaries(st.text(max_size=4), st.tuples(KINDS, st.lists(st.integers(0, 200), max_size=5)), max_size=4)
FACTS = st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=4), max_size=3)


@given(FACTS, ARRAYS)
def test_facts_and_arrays_of_any_kind_and_length_survive(facts, drawn):
    arrays = {name: np.array(numbers, dtype=kind) for name, (kind, numbers) in drawn.items()}
    facts_back, arrays_back = unpacked(memoryview(packed(facts, arrays)))
    assert facts_back == facts
    assert list(arrays_back) == list(arrays)
    for name, array in arrays.items():
        assert (arrays_back[name].dtype, arrays_back[name].tolist()) == (array.dtype, array.tolist())
        assert arrays_back[name].flags.writeable


def test_arrays_keep_their_shape_and_the_bytes_are_the_same_each_time():
    square = {"square": np.arange(6).reshape(2, 3).T}
    assert unpacked(packed({}, square))[1]["square"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert packed({}, square) == packed({}, square)


def test_a_table_survives():
    table = pa.table({"who": pa.array(["ann", None]).dictionary_encode(), "value": [1, 2]})
    assert table_of(table_bytes(table)).equals(table)
