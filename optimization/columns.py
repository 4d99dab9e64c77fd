"""Columns of a candidate table as arrays; a column of the wrong type is refused with a message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from conf.micros import MICROS
from optimization.errors import BadInput, rows_named

LARGEST_EXACT = 2**53
"""Micros up to which every whole number has a double of its own."""
JOIN = "\x1f"
"""Between the texts of a list while it is one label; a control sign that names do not have."""


@dataclass(frozen=True)
class Labels:
    """A column of labels.

    Attributes:
        code: (n,) int32; -1 where the label is null.
        of_code: the label of each code, in ascending order, so that codes do not depend on the order of rows; a tuple
            of texts where a row may have several.
    """

    code: NDArray[np.int32]
    of_code: NDArray[np.object_]


def ids_of(table: pa.Table, name: str) -> Labels:
    """An id column.

    Raises:
        BadInput: it is not text, or has nulls.
    """
    if not _is_text(table.schema.field(name).type):
        raise BadInput(f"candidates: {name} must be text, found {table.schema.field(name).type}")
    _check_nulls(table, name)
    return _encode(table.column(name))


def money_of(table: pa.Table, name: str, *, minimum: int | None = None) -> NDArray[np.int64]:
    """An amount of money in micros.

    Raises:
        BadInput: it is not int64, has nulls, or lies below the minimum.
    """
    if not pa.types.is_int64(table.schema.field(name).type):
        kind = table.schema.field(name).type
        raise BadInput(f"candidates: {name} must be whole millionths of the currency (int64), found {kind}")
    _check_nulls(table, name)
    amount = _numbers(table.column(name))
    if minimum is not None and (amount < minimum).any():
        raise BadInput(f"candidates: {name} must be >= {minimum} ({rows_named(amount < minimum)})")
    return amount


def amounts_of(table: pa.Table, names: Iterable[str]) -> tuple[dict[str, NDArray[np.int64]], dict[str, str]]:
    """The columns of numbers, in micros; and for each column that is neither number nor label, why it cannot be used.

    Whole numbers are micros as they stand, or what they are in `where`; fractions are units, rounded half to even.
    """
    amounts: dict[str, NDArray[np.int64]] = {}
    unusable: dict[str, str] = {}
    for name in names:
        kind = table.schema.field(name).type
        if pa.types.is_signed_integer(kind):
            if table.column(name).null_count:
                unusable[name] = f"it has {table.column(name).null_count} nulls"
            else:
                amounts[name] = _numbers(table.column(name))
        elif pa.types.is_floating(kind):
            micros = np.rint(table.column(name).to_numpy() * MICROS)
            if np.abs(micros).max(initial=0) <= LARGEST_EXACT:  # not so where one is missing
                amounts[name] = micros.astype(np.int64)
            else:
                unusable[name] = f"a number is missing, or larger than {LARGEST_EXACT // MICROS}"
        elif not _is_label(kind) and not _is_text_list(kind):
            unusable[name] = f"its type is {kind}; text, a number, true or false, or a list of texts is needed"
    return amounts, unusable


def labels_of(table: pa.Table, names: Iterable[str]) -> dict[str, Labels]:
    """The text and bool columns, and the lists of texts; a null is no label."""
    kinds = {name: table.schema.field(name).type for name in names}
    single = {name: _encode(table.column(name)) for name, kind in kinds.items() if _is_label(kind)}
    return single | {name: _encode_lists(table.column(name)) for name, kind in kinds.items() if _is_text_list(kind)}


def _numbers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    return column.cast(pa.int64()).combine_chunks().to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _encode(column: pa.ChunkedArray) -> Labels:
    kind = pa.bool_() if pa.types.is_boolean(column.type) else pa.string()
    coded = column.cast(kind).combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    labels = coded.dictionary.to_numpy(zero_copy_only=False).astype(object)
    order = np.argsort(labels, kind="stable")
    rank = np.empty(len(labels) + 1, dtype=np.int32)
    rank[order] = np.arange(len(labels), dtype=np.int32)
    rank[-1] = -1
    return Labels(rank[pc.fill_null(coded.indices, len(labels)).to_numpy(zero_copy_only=False)], labels[order])


def _encode_lists(column: pa.ChunkedArray) -> Labels:
    """Each distinct set of texts is one label, so that a candidate with several is still of one class."""
    whole = column.combine_chunks()
    joined = pc.binary_join(whole.cast(pa.list_(pa.string())), JOIN)
    labels = _encode(pa.chunked_array([joined]))
    of_code = np.empty(len(labels.of_code), dtype=object)
    of_code[:] = [tuple(text.split(JOIN)) if text else () for text in labels.of_code]
    return Labels(labels.code, of_code)


def _is_text_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _is_text(kind.value_type)


def _is_text(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(value) or pa.types.is_large_string(value))


def _is_label(kind: pa.DataType) -> bool:
    return _is_text(kind) or bool(pa.types.is_boolean(kind))


def _check_nulls(table: pa.Table, name: str) -> None:
    column = table.column(name)
    if column.null_count:
        is_null = pc.is_null(column).combine_chunks().to_numpy(zero_copy_only=False)
        raise BadInput(f"candidates: {name} must not be null ({rows_named(is_null)})")
