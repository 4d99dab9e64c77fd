"""The tables that a stage read and wrote, with their row counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SOURCE = "sources."
"""Prefix of the names of source tables; names of lake tables have none."""
PUBLISHED = "published"
"""Table name of the published decision sets; each has its own folder."""


@dataclass
class TableIO:
    """Inputs and outputs of one stage: table name -> its Parquet files or folders; a source table has none here."""

    inputs: dict[str, set[Path]] = field(default_factory=dict)
    outputs: dict[str, set[Path]] = field(default_factory=dict)

    def reads(self, table: str, *paths: Path) -> None:
        """Note that the table was read from these paths."""
        self.inputs.setdefault(table, set()).update(paths)

    def writes(self, table: str, *paths: Path) -> None:
        """Note that the table was written to these paths."""
        self.outputs.setdefault(table, set()).update(paths)


def row_counts(tables: Mapping[str, Iterable[Path]], source_rows: Mapping[str, int]) -> dict[str, int | None]:
    """Rows of each table, by name; None where it has none to count, or they cannot be counted any more.

    Args:
        tables: of a TableIO.
        source_rows: of source tables, as they were counted when they were gated.
    """
    return {
        name: source_rows.get(name.removeprefix(SOURCE)) if name.startswith(SOURCE) else _rows(paths)
        for name, paths in sorted(tables.items())
    }


def columns_of(paths: Iterable[Path]) -> list[tuple[str, str]]:
    """Name and type of the columns of a table, from its first file; none where it cannot be read."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        schema: Any = next((pq.read_schema(file) for file in _files(paths)), ())
    except (OSError, pa.ArrowInvalid):
        return []
    return [(field.name, str(field.type)) for field in schema]


def _rows(paths: Iterable[Path]) -> int | None:
    """From the footers of the files: nothing but those is read."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        counts = [pq.read_metadata(file).num_rows for file in _files(paths)]
    except (OSError, pa.ArrowInvalid):
        return None
    return sum(counts) if counts else None


def _files(paths: Iterable[Path]) -> list[Path]:
    tables = (path.glob("*.parquet") if path.is_dir() else [path] for path in sorted(paths))
    return [file for files in tables for file in sorted(files)]
