"""Two feature tables in Parquet, compared value by value."""

from __future__ import annotations

from pathlib import Path

import duckdb

TOLERANCE = 1e-9
ONE_CUSTOMER_IN = 10
"""Of every so many customers one is compared category by category; the features of the customer are compared of all."""


def differences(ours: str, theirs: str, folder: Path) -> dict[str, int]:
    """Feature -> in how many rows the two differ by more than 1e-9 of the value, or in being missing.

    Args:
        ours: the path of a feature table, a glob allowed.
        theirs: that of the other.
        folder: where DuckDB may spill.

    Raises:
        ValueError: the two do not have the same columns.
    """
    connection = duckdb.connect()
    connection.sql("SET enable_progress_bar = false")
    connection.sql(f"SET temp_directory = '{folder}'")
    for name, path in (("ours", ours), ("theirs", theirs)):
        connection.sql(f"CREATE VIEW {name} AS FROM read_parquet('{path}')")
        connection.sql(
            f"CREATE VIEW {name}_by_category AS SELECT customer_id, unnest(categories, recursive := true) FROM {name} "
            f"WHERE hash(customer_id) % {ONE_CUSTOMER_IN} = 0"
        )
    counts = _differ(connection, "", ["customer_id"]) | _differ(connection, "_by_category", ["customer_id", "category"])
    return {name: rows for name, rows in counts.items() if rows}


def _differ(connection: duckdb.DuckDBPyConnection, suffix: str, keys: list[str]) -> dict[str, int]:
    ours, theirs = (sorted(connection.table(f"{name}{suffix}").columns) for name in ("ours", "theirs"))
    if ours != theirs:
        raise ValueError(f"the columns differ: {set(ours) ^ set(theirs)}")
    names = [name for name in ours if name not in (*keys, "categories")]
    counts = [f"count(*) FILTER (NOT {_is_same(name)})" for name in names]
    lonely = f"count(*) FILTER (o.{keys[-1]} IS NULL OR t.{keys[-1]} IS NULL)"
    both = f"ours{suffix} o FULL JOIN theirs{suffix} t USING ({', '.join(keys)})"
    row = connection.sql(f"SELECT {lonely}, {', '.join(counts)} FROM {both}").fetchall()[0]
    return dict(zip([f"rows{suffix}", *names], row, strict=True))


def _is_same(name: str) -> str:
    mine, peer = f"o.{name}", f"t.{name}"
    near = f"abs({mine} - {peer}) <= {TOLERANCE} * greatest(1, abs({peer}))"
    return f"({mine} IS NOT DISTINCT FROM {peer} OR coalesce({near}, false))"
