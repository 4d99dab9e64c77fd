"""Which tables a stage read and wrote, and how many rows they have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SOURCE = "sources."
"""Names of source tables begin so; those of lake tables are as they are."""
PUBLISHED = "published"
"""What the sets of decisions are called; each lies in a folder of its own."""


@dataclass
class TableIO:
    """What one stage touched: name of a table -> the Parquet files or folders of them; a source table has none here."""

    read: dict[str, set[Path]] = field(default_factory=dict)
    written: dict[str, set[Path]] = field(default_factory=dict)

    def reads(self, table: str, *places: Path) -> None:
        """Note that the table was read from there."""
        self.read.setdefault(table, set()).update(places)

    def writes(self, table: str, *places: Path) -> None:
        """Note that the table was written there."""
        self.written.setdefault(table, set()).update(places)


def row_counts(tables: Mapping[str, Iterable[Path]], source_rows: Mapping[str, int]) -> dict[str, int | None]:
    """Rows of each table, by name; None where it has none to count, or they cannot be counted any more.

    Args:
        tables: of a TableIO.
        source_rows: of source tables, as they were counted when they were gated.
    """
    return {
        name: source_rows.get(name.removeprefix(SOURCE)) if name.startswith(SOURCE) else _rows(places)
        for name, places in sorted(tables.items())
    }


def columns_of(places: Iterable[Path]) -> list[tuple[str, str]]:
    """Name and type of the columns of a table, from its first file; none where it cannot be read."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        schema: Any = next((pq.read_schema(file) for file in _files(places)), ())
    except (OSError, pa.ArrowInvalid):
        return []
    return [(field.name, str(field.type)) for field in schema]


def _rows(places: Iterable[Path]) -> int | None:
    """From the footers of the files: nothing but those is read."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        counts = [pq.read_metadata(file).num_rows for file in _files(places)]
    except (OSError, pa.ArrowInvalid):
        return None
    return sum(counts) if counts else None


def _files(places: Iterable[Path]) -> list[Path]:
    tables = (place.glob("*.parquet") if place.is_dir() else [place] for place in sorted(places))
    return [file for files in tables for file in sorted(files)]
