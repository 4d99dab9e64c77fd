"""Reads the files of `oneoffer solve`: candidates in Parquet and the limits of a policy file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds

from conf.limit import Limit
from conf.micros import Unit
from conf.validate import validate_rows
from conf.yaml_file import Document, read_yaml
from jobs.core.micros import column_to_micros
from optimization import BadInput
from optimization.options import named_by

IDS = ("customer_id", "offer_id", "channel")
MONEY = ("value", "cost")
LAKE_COLUMNS = (*IDS, *MONEY, "household_id", "objective", "category", "propensity")
"""The columns of the lake's own table, `candidates`."""


def limits_on(as_of: date | None, policy: Path) -> list[Limit]:
    """The limits of a policy file that are in force on a date; without one, all of them."""
    return [limit for limit in read_limits(policy) if as_of is None or limit.holds_on(as_of)]


def read_limits(policy: Path) -> tuple[Limit, ...]:
    """The limits of a policy file; errors name its lines."""
    document = read_yaml(policy)
    rows = document.data.get("limits") if isinstance(document.data, dict) else None
    lines = {location[1:]: line for location, line in document.lines.items() if location[:1] == ("limits",)}
    return validate_rows(Document(policy, rows or [], lines), Limit)


def read_candidates(path: Path, limits: list[Limit], unit: Unit | None = None) -> pa.Table:
    """The columns that matter, with amounts in micros.

    Args:
        unit: of the amounts in the file; None: what the file shows (`holds_micros`).

    Raises:
        BadInput: not Parquet, a column is missing or no amount of money, the unit of amounts cannot be known, or there
            is not one candidate.
    """
    try:
        dataset = ds.dataset(path, format="parquet")
        wanted, amounts = columns_read(limits)
        table = dataset.to_table(columns=[name for name in wanted if name in dataset.schema.names])
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput(f"cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    if not len(table):
        raise BadInput("there is not one candidate")
    wide = [field.name for field in dataset.schema if pa.types.is_int64(field.type)]
    if holds_micros(dataset.schema.names, wide, unit, [name for name in amounts if name in table.column_names]):
        return table
    for name in amounts:
        if name in table.column_names:
            position = table.column_names.index(name)
            table = table.set_column(position, name, column_to_micros(table.column(name), name))
    return table


def holds_micros(names: Sequence[str], wide: Collection[str], unit: Unit | None, amounts: Sequence[str]) -> bool:
    """Whether the amounts of a file are millionths; else they are units.

    A table of the lake holds millionths, and is known by its columns. Other files hold units where a fraction could
    stand. Whole numbers in 64 bits could be either, so the caller has to say.

    Args:
        names: the columns of the file.
        wide: those of them that hold whole numbers in 64 bits.
        amounts: those of them that hold amounts.

    Raises:
        BadInput: nothing says which of the two it is, or what should be millionths is not whole.
    """
    if unit is None and all(name in wide for name in MONEY):
        if not set(LAKE_COLUMNS) <= set(names):
            raise BadInput(
                "value and cost are whole numbers (int64), which could be units or millionths of the currency: "
                "say --unit units or --unit micros"
            )
        unit = Unit.MICROS
    if unit is not Unit.MICROS:
        return False
    for name in amounts:
        if name not in wide:
            raise BadInput(f"column {name!r} must hold millionths, which are whole numbers (int64)")
    return True


def columns_read(limits: Sequence[Limit]) -> tuple[list[str], list[str]]:
    """The columns that matter, and those of them that hold amounts.

    Raises:
        BadInput: a column is summed, in micros, and matched, as it stands.
    """
    summed = sorted({name for limit in limits for name in (limit.sum, *(limit.ratio or ())) if name} - {"contacts"})
    matched = {name for limit in limits for name, _ in named_by(limit)}
    amounts = list(dict.fromkeys((*MONEY, *summed)))
    for name in amounts:
        if name in matched:
            raise BadInput(f"column {name!r} is summed by one limit and named in the `where` of another; copy it")
    return list(dict.fromkeys((*IDS, *MONEY, *summed, *sorted(matched)))), amounts
