"""Partitioning: rows go to partitions by keyed hash, and each partition is checked, ordered and compiled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from optimization.compilation import blank_program, check_limits, filled, survey
from optimization.errors import BadInput
from optimization.options import options_of
from optimization.order import Keys, keyed_hash
from optimization.spark.serialization import pack_program, packed, table_bytes, table_of
from optimization.spark.summary import ProblemOptions


def built_partition(fragments: Sequence[bytes], problem_options: ProblemOptions) -> tuple[bytes, bytes, bytes]:
    """A partition from its fragments: its summary, its program in local options, and its rows in the program's order.

    The summary of candidates that are not valid holds the message as `fault`.
    """
    table = pa.concat_tables([table_of(fragment) for fragment in fragments]).unify_dictionaries().combine_chunks()
    try:
        problem = problem_options.problem(table)
        check_limits(problem, problem_options.limits)
        options = options_of(problem, problem_options.limits)
        sizes = survey(problem, problem_options.limits, options)
        program = filled(blank_program(problem, problem_options.limits, options, sizes), problem, options.code)
    except BadInput as error:
        return packed({"fault": str(error)}, {}), b"", b""
    facts = {
        "customers": program.customers,
        "candidates": len(program.net),
        "granularity": int(np.gcd.reduce(program.net)),
        "value": sizes.value,
        "cost": sizes.cost,
        "net": sizes.net,
        "columns": sizes.columns,
        "steps": sizes.steps,
    }
    examples = np.frombuffer(table_bytes(table.take(options.example)), dtype=np.uint8)
    return (
        packed(facts, {"examples": examples, **{f"fixed {name}": amounts for name, amounts in sizes.fixed.items()}}),
        pack_program(program),
        table_bytes(table.take(problem.order)),
    )


HALF_KEY = np.uint64(32)


def partitioned(table: pa.Table, partitions: int, problem_options: ProblemOptions) -> Iterator[tuple[int, bytes]]:
    """The rows of a table by partition: customers (households, where they have a limit) stay together."""
    encoded = pa.table({name: _encoded(table[name]) for name in table.column_names})
    key = _keys(encoded["customer_id"].chunk(0), problem_options.seed)
    if problem_options.max_per_household is not None:
        household = encoded["household_id"].chunk(0)
        is_alone = household.is_null().to_numpy(zero_copy_only=False)
        if isinstance(problem_options.max_per_household, str):
            is_alone = is_alone | table[problem_options.max_per_household].is_null().to_numpy()
        key = np.where(is_alone, key, _keys(household, problem_options.seed))
    number = ((key >> HALF_KEY) * np.uint64(partitions) >> HALF_KEY).astype(np.uint16)
    order = np.argsort(number, kind="stable")
    encoded, number = encoded.take(order), number[order]
    for partition in np.unique(number):
        first, last = np.searchsorted(number, [partition, partition + 1])
        rows = encoded.slice(first, last - first)
        yield int(partition), table_bytes(pa.table({name: _trimmed(rows[name]) for name in rows.column_names}))


def _keys(ids: pa.DictionaryArray, seed: int) -> Keys:
    """(n,) the key of the id in each row; for null, that of the empty text."""
    key = keyed_hash(ids.dictionary.to_numpy(zero_copy_only=False).astype(object), seed)
    keys: Keys = np.append(key, keyed_hash(np.array([""], dtype=object), seed))[_codes(ids)]
    return keys


def _encoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_string(column.type):
        return pa.chunked_array([column.combine_chunks().dictionary_encode()])
    return column


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column with a dictionary of only the labels that occur."""
    if not pa.types.is_dictionary(column.type):
        return column
    array = column.combine_chunks()
    array = array if isinstance(array, pa.DictionaryArray) else array.chunk(0)
    code = _codes(array)
    is_used = np.zeros(len(array.dictionary) + 1, dtype=bool)
    is_used[code] = True
    is_used[-1] = False
    number = np.cumsum(is_used) - 1
    indices = pa.array(number[code].astype(np.int32), mask=code == len(array.dictionary))
    return pa.chunked_array([pa.DictionaryArray.from_arrays(indices, array.dictionary.filter(pa.array(is_used[:-1])))])


def _codes(array: pa.DictionaryArray) -> NDArray[np.int64]:
    """(n,) codes; a null has the code after the last label."""
    codes = array.indices.fill_null(len(array.dictionary)).to_numpy(zero_copy_only=False)
    return np.asarray(codes, dtype=np.int64)
