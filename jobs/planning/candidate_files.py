"""Reads the files of `oneoffer solve`: candidates in Parquet and the limits of a policy file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds

from conf.limit import Limit
from conf.validate import validate_rows
from conf.yaml_file import Document, read_yaml
from jobs.core.micros import column_to_micros
from optimization import BadInput

IDS = ("customer_id", "offer_id", "channel")
MONEY = ("value", "cost")


def limits_on(as_of: date | None, policy: Path) -> list[Limit]:
    """The limits of a policy file that are in force on a date; without one, all of them."""
    return [limit for limit in read_limits(policy) if as_of is None or limit.holds_on(as_of)]


def read_limits(policy: Path) -> tuple[Limit, ...]:
    """The limits of a policy file; errors name its lines."""
    document = read_yaml(policy)
    rows = document.data.get("limits") if isinstance(document.data, dict) else None
    lines = {location[1:]: line for location, line in document.lines.items() if location[:1] == ("limits",)}
    return validate_rows(Document(policy, rows or [], lines), Limit)


def read_candidates(path: Path, limits: list[Limit]) -> pa.Table:
    """The columns that matter, with amounts in micros.

    Raises:
        BadInput: not Parquet, a column is missing or no amount of money, or there is not one candidate.
    """
    try:
        dataset = ds.dataset(path, format="parquet")
        wanted, amounts = columns_read(limits)
        table = dataset.to_table(columns=[name for name in wanted if name in dataset.schema.names])
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput(f"cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    if not len(table):
        raise BadInput("there is not one candidate")
    for name in amounts:
        if name in table.column_names:
            position = table.column_names.index(name)
            table = table.set_column(position, name, column_to_micros(table.column(name), name))
    return table


def columns_read(limits: Sequence[Limit]) -> tuple[list[str], list[str]]:
    """The columns that matter, and those of them that hold amounts.

    Raises:
        BadInput: a column is summed, in micros, and matched, as it stands.
    """
    summed = sorted({name for limit in limits for name in (limit.sum, *(limit.ratio or ())) if name} - {"contacts"})
    matched = {name for limit in limits for name in limit.where}
    amounts = list(dict.fromkeys((*MONEY, *summed)))
    for name in amounts:
        if name in matched:
            raise BadInput(f"column {name!r} is summed by one limit and named in the `where` of another; copy it")
    return list(dict.fromkeys((*IDS, *MONEY, *summed, *sorted(matched)))), amounts
