"""The files behind a source table, read in pieces by pyarrow alone."""

import glob
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from expectations.audit.csv_text import csv_batches

LINES_AT_ONCE = 100_000
AHEAD = 2
"""Pieces of a Parquet file that wait to be looked at: by itself Arrow would hold sixteen, of four files."""


def files_at(pattern: str) -> list[str]:
    """The files that a path or pattern stands for, in order; whatever starts with `_` or `.` is a writer's mark.

    Raises:
        FileNotFoundError: there are none.
    """
    paths = [Path(path) for path in sorted(glob.glob(pattern))]
    inside = [_inside(path) if path.is_dir() else [path] for path in paths]
    files = [str(file) for files in inside for file in files]
    if not files:
        raise FileNotFoundError(f"nothing lies at {pattern}")
    return files


def parquet_batches(paths: Sequence[str], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The columns of all files in the types that all can take; a column that a file lacks is null there."""
    schema = pa.unify_schemas([pq.read_schema(path) for path in paths], promote_options="permissive")
    instants = _instants(paths)
    files = ds.dataset(paths, schema=schema, format="parquet")
    for batch in files.to_batches(columns=list(columns), batch_readahead=AHEAD, fragment_readahead=1):
        utc = [
            column.cast(pa.timestamp("us", "UTC"), safe=False) if name in instants else column
            for name, column in _of(batch)
        ]
        yield pa.RecordBatch.from_arrays(utc, batch.schema.names)


def text_batches(
    paths: Sequence[str], columns: Sequence[str], separator: str | None, *, skips_bad_lines: bool
) -> Iterator[pa.RecordBatch]:
    """The columns of all files as text.

    Args:
        separator: of CSV; None: runs of blanks part the fields, and an empty one cannot be written.
        skips_bad_lines: whether lines with too few or too many fields are passed over.

    Raises:
        KeyError, ValueError: a file lacks a column, or a line is not whole and not to be passed over.
    """
    for path in paths:
        if separator is None:
            batches = _blanks(path, skips_bad_lines=skips_bad_lines)
            yield from (batch.select(list(columns)) for batch in batches)
        else:
            with Path(path).open("rb") as file:
                batches = csv_batches(file, separator, skips_bad_lines=skips_bad_lines)
                yield from (batch.select(list(columns)) for batch in batches)


def _inside(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [file for file in files if not any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts)]


def _of(batch: pa.RecordBatch) -> Iterable[tuple[str, pa.Array]]:
    return zip(batch.schema.names, batch.columns, strict=True)


def _instants(paths: Sequence[str]) -> set[str]:
    """Columns in the old format of Spark, which names no zone and means instants."""
    columns = pq.ParquetFile(paths[0]).schema
    return {column.name for column in map(columns.column, range(len(columns))) if column.physical_type == "INT96"}


def _blanks(path: str, *, skips_bad_lines: bool) -> Iterator[pa.RecordBatch]:
    with Path(path).open(encoding="utf-8") as text:
        first = text.readline()
        header: list[str] = first.split()
        rows: list[list[str]] = []
        for line in text:
            fields = line.split()
            if len(fields) == len(header) and line != first:
                rows.append(fields)
            elif fields and line != first and not skips_bad_lines:
                raise ValueError("a line has too few fields or too many")
            if len(rows) == LINES_AT_ONCE:
                yield _texts(header, rows)
                rows = []
        yield _texts(header, rows)


def _texts(header: list[str], rows: list[list[str]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else ([] for _ in header)
    return pa.RecordBatch.from_arrays([pa.array(list(column), pa.string()) for column in columns], header)
