"""Rows of the lake's tables by customer, and who is in them at all."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

Row = dict[str, Any]


def columns_of(folder: Path) -> list[str]:
    """The columns of a table beside customer_id."""
    return [name for name in ds.dataset(folder, format="parquet").schema.names if name != "customer_id"]


def customers_in(folder: Path, among: Collection[str] | None = None) -> list[str]:
    """The customer of every row, or of the rows of some customers alone."""
    wanted = None if among is None else _is_of(among)
    table = ds.dataset(folder, format="parquet").to_table(columns=["customer_id"], filter=wanted)
    return list(table["customer_id"].to_pylist())


def rows_of(folder: Path, customers: Collection[str], columns: Collection[str] | None = None) -> dict[str, Row]:
    """Customer -> its row, of those customers that the table has; maps as dictionaries.

    Raises:
        KeyError, ValueError: the table lacks a column.
    """
    names = None if columns is None else ["customer_id", *columns]
    table = ds.dataset(folder, format="parquet").to_table(columns=names, filter=_is_of(customers))
    return {row["customer_id"]: row for row in table.to_pylist(maps_as_pydicts="strict")}


def _is_of(customers: Collection[str]) -> pc.Expression:
    return pc.field("customer_id").isin(pa.array(sorted(customers), pa.string()))
