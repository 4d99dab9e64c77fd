"""The files behind a source table, read in pieces by pyarrow alone."""

import glob
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from expectations.audit.csv_text import csv_batches

LINES_AT_ONCE = 100_000
HIDDEN = re.compile(r"^[_.]|\._COPYING_$")
"""Names of marks that writers leave, and of what they have not finished."""
AHEAD = 2
"""Pieces of a Parquet file that wait to be looked at: by itself Arrow would hold sixteen, of four files."""


def files_at(pattern: str) -> list[str]:
    """The files that a path or pattern stands for, in order, without those that a writer hides.

    No folder or file on the way from what the pattern names to the data may be hidden; what the pattern names by a
    mark of its own, like `_landing/*.csv`, is named and not hidden.

    Raises:
        FileNotFoundError: there are none.
    """
    named = [path for path in sorted(glob.glob(pattern)) if not _is_hidden_by(pattern, path)]
    inside = [_inside(path) if os.path.isdir(path) else [path] for path in named]
    files = [file for files in inside for file in files]
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


def _inside(folder: str) -> list[str]:
    """The files below a folder, by the parts of their paths; nothing is looked for in hidden folders."""
    files: list[str] = []
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not HIDDEN.search(name)]
        files += [os.path.join(here, name) for name in names if not HIDDEN.search(name)]
    return sorted((file for file in files if os.path.isfile(file)), key=lambda file: Path(file).parts)


def _is_hidden_by(pattern: str, path: str) -> bool:
    """Whether a part of the path is hidden that the pattern's part does not spell, or begin with the same mark."""
    pairs = zip(Path(pattern).parts, Path(path).parts, strict=True)
    return any(
        HIDDEN.search(name) and part != name and not (part[0] in "_." and part[0] == name[0]) for part, name in pairs
    )


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
