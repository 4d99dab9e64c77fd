"""The files behind a source table, read in pieces by pyarrow alone."""

import bz2
import glob
import gzip
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.audit.csv_text import BLANKS, cells, csv_batches, lines_of

LINES_AT_ONCE = 100_000
LOOKED_AT = 100
"""How many lines tell how many cells the lines of a file have."""
HIDDEN = re.compile(r"^[_.]|\._COPYING_$")
"""Names of marks that writers leave, and of what they have not finished."""
GAPS = re.compile(r"[ \t\v\f]+")
ESCAPED = re.compile(r"(?:[^%]|%[0-9a-fA-F]{2})*")
NOT_KNOWN = "__HIVE_DEFAULT_PARTITION__"


def files_at(pattern: str) -> list[str]:
    """The files that a path or pattern stands for, in order, without those that a writer hides.

    No folder or file on the way from what the pattern names to the data may be hidden; what the pattern names by a
    mark of its own, like `_landing/*.csv`, is named and not hidden.

    Raises:
        FileNotFoundError: there are none.
    """
    paths = [] if os.path.exists(pattern) else sorted(glob.glob(pattern))
    named = [path for path in paths if not _is_hidden_by(pattern, path)] if paths else glob.glob(glob.escape(pattern))
    inside = [_inside(path) if os.path.isdir(path) else [path] for path in named]
    files = [file for files in inside for file in files]
    if not files:
        raise FileNotFoundError(f"nothing lies at {pattern}")
    return files


def parquet_batches(paths: Sequence[str], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The columns of all files, file by file; one that a file lacks is null there.

    Raises:
        KeyError: no file has a column.
    """
    names = {path: pq.read_schema(path).names for path in paths}
    places = {path: [place_of(column, names[path]) for column in columns] for path in paths}
    for number, column in enumerate(columns):
        if all(places[path][number] is None and _in_folders(path, column) is None for path in paths):
            raise KeyError(column)
    for path in paths:
        stored = sorted({names[path][place] for place in places[path] if place is not None})
        with pq.ParquetFile(path) as file:
            instants = _instants(file)
            for batch in file.iter_batches(columns=stored):
                yield pa.RecordBatch.from_arrays(
                    [
                        _said_by_folders(path, column, batch.num_rows)
                        if place is None
                        else _in_utc(batch.column(names[path][place]), is_instant=names[path][place] in instants)
                        for place, column in zip(places[path], columns, strict=True)
                    ],
                    list(columns),
                )


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
        names = header_of(path, separator)
        places = [place_of(column, names) for column in columns]
        if any(p is None and _in_folders(path, column) is None for p, column in zip(places, columns, strict=True)):
            raise KeyError(f"{columns} are not all among the columns")
        with open_text(path) as file:
            if separator is None:
                batches = _gaps(file, len(names), skips_bad_lines=skips_bad_lines)
            else:
                batches = csv_batches(file, separator, len(names), skips_bad_lines=skips_bad_lines)
            for batch in batches:
                yield pa.RecordBatch.from_arrays(
                    [
                        _said_by_folders(path, column, batch.num_rows) if place is None else batch.column(place)
                        for place, column in zip(places, columns, strict=True)
                    ],
                    list(columns),
                )


def open_text(path: str) -> IO[bytes]:
    """The content of a text file, whatever its name says that it is compressed by."""
    if path.endswith(".gz"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return bz2.open(path, "rb") if path.endswith(".bz2") else Path(path).open("rb")


def header_of(path: str, separator: str | None) -> list[str]:
    """The names of the cells of each line; blank for those at the end of which the header says nothing.

    Raises:
        ValueError: no line names anything.
    """
    with open_text(path) as file:
        lines = list(islice((line for line in lines_of(file) if line.strip(BLANKS)), LOOKED_AT + 1))
    if not lines:
        raise ValueError("no line names the columns")
    names, *rows = [fields_of(line, separator) for line in lines]
    counts = Counter(_count(names, row) for row in rows) or Counter([len(names)])
    count = max(counts, key=lambda number: counts[number])
    return [names[place].strip() if place < len(names) else "" for place in range(count)]


def fields_of(line: str, separator: str | None) -> list[str]:
    """The cells of one line of text."""
    if separator is None:
        return [field for field in GAPS.split(line) if field]
    return [cell or "" for cell in cells(line, separator)]


def _count(names: list[str], row: list[str]) -> int:
    """How many cells the row has, where what is beyond the other is blank; as many as the header has otherwise."""
    beyond = names[len(row) :] or row[len(names) :]
    return len(row) if not "".join(beyond).strip() else len(names)


def place_of(column: str, names: Sequence[str]) -> int | None:
    """Which name is the column's: letter by letter, then blanks around it aside, then also case.

    Raises:
        ValueError: two are.
    """
    spellings = (lambda text: text), str.strip, (lambda text: text.strip().casefold())
    for spelling in spellings:
        places = [place for place, name in enumerate(names) if spelling(name) == spelling(column)]
        if len(places) > 1:
            raise ValueError("two columns have one name")
        if places:
            return places[0]
    return None


def _in_folders(path: str, column: str) -> str | None:
    """What the nearest folder named `column=value` says; blank: that nothing is known; None: there is none."""
    for folder in reversed(Path(os.path.abspath(path)).parent.parts):
        if folder.startswith(f"{column}="):
            value = folder[len(column) + 1 :]
            return "" if value == NOT_KNOWN else unquote(value) if ESCAPED.fullmatch(value) else value
    return None


def _said_by_folders(path: str, column: str, count: int) -> pa.Array:
    return pa.array([_in_folders(path, column) or None] * count, pa.string())


def _in_utc(column: pa.Array, *, is_instant: bool) -> pa.Array:
    return column.cast(pa.timestamp("us", "UTC"), safe=False) if is_instant else column


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


def _instants(file: pq.ParquetFile) -> set[str]:
    """Columns in the old format of Spark, which names no zone and means instants."""
    leaves = [file.schema.column(place) for place in range(len(file.schema))]
    return {leaf.name for leaf in leaves if leaf.physical_type == "INT96"}


def _gaps(file: IO[bytes], count: int, *, skips_bad_lines: bool) -> Iterator[pa.RecordBatch]:
    """Text in columns of blanks; a line that repeats the header is none."""
    lines = ([field for field in GAPS.split(line) if field] for line in lines_of(file))
    fields_of_lines = (fields for fields in lines if fields)
    first = next(fields_of_lines)
    rows: list[list[str]] = []
    for fields in fields_of_lines:
        if len(fields) == count and fields != first:
            rows.append(fields)
        elif fields != first and not skips_bad_lines:
            raise ValueError("a line has too few fields or too many")
        if len(rows) == LINES_AT_ONCE:
            yield _texts(count, rows)
            rows = []
    yield _texts(count, rows)


def _texts(count: int, rows: list[list[str]]) -> pa.RecordBatch:
    columns: Any = zip(*rows, strict=True) if rows else ([] for _ in range(count))
    arrays = [pa.array(list(column), pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, [str(place) for place in range(count)])
