"""Amounts in units of the currency as whole millionths."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from conf.micros import MAX_UNITS, MICROS
from optimization import BadInput
from optimization.errors import rows_named


def column_to_micros(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """A column of numbers as int64 micros, rounded to the nearest.

    Raises:
        BadInput: the column is not numeric, or has nulls, NaN, infinities or amounts too large for micros.
    """
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise BadInput(f"column {name!r} must hold numbers, found {kind}")
    is_null = pc.is_null(column).combine_chunks().to_numpy(zero_copy_only=False)
    if is_null.any():
        raise BadInput(f"column {name!r} must not be null ({rows_named(is_null)})")
    if pa.types.is_decimal(kind):
        return _from_decimals(column, name)
    amounts = column.combine_chunks().to_numpy(zero_copy_only=False)
    _check(~np.isfinite(amounts), name, "must be a finite number")
    _check(np.abs(amounts.astype(np.float64)) > MAX_UNITS, name, f"must not exceed {MAX_UNITS} units")
    if pa.types.is_integer(kind):
        return pa.chunked_array([pa.array(amounts.astype(np.int64) * MICROS)])
    return pa.chunked_array([pa.array(np.rint(amounts.astype(np.float64) * MICROS).astype(np.int64))])


def _from_decimals(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    whole = pc.round(pc.multiply(column.cast(pa.decimal256(60, 20)), pa.scalar(MICROS, pa.decimal256(7, 0))))
    is_large = pc.greater(pc.abs(whole), pa.scalar(MAX_UNITS * MICROS).cast(pa.decimal256(30, 0)))
    _check(is_large.combine_chunks().to_numpy(zero_copy_only=False), name, f"must not exceed {MAX_UNITS} units")
    return whole.cast(pa.int64())


def _check(is_bad: NDArray[np.bool_], name: str, rule: str) -> None:
    if is_bad.any():
        raise BadInput(f"column {name!r} {rule} ({rows_named(is_bad)})")
