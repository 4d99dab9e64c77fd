"""Columns of raw source files, row by row."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from expectations.audit.raw_files import files_at, parquet_batches, text_batches
from expectations.audit.raw_values import KINDS, read_as


@dataclass(frozen=True)
class RawTable:
    """Files and the names that their columns have there.

    Attributes:
        path: a file, a folder or a glob pattern; what writers hide is passed over (raw_files.py).
        format: `parquet`, `csv`, or `whitespace`, text whose first line names its columns.
        columns: our column -> theirs.
        constants: our column -> the one value of every row.
        time_zone: of stamps that name none, where the source says it.
        date_format: how text writes dates, in Spark's letters; ISO where not said.
        is_distinct: of rows that are the same in every mapped column one counts.
        kinds: our column -> `text` or `number`, of columns that only a deployment knows.
        skips_bad_lines: whether a line of text with too few or too many fields is set aside, and no error.
        read_at: when it was read, of a list of consents; None: it is read now.
        pinned: the files that the night read, where that was written down; else those that lie at the path now.
    """

    path: str
    format: str
    columns: Mapping[str, str]
    constants: Mapping[str, object]
    separator: str = ","
    time_zone: str | None = None
    date_format: str | None = None
    is_distinct: bool = False
    kinds: Mapping[str, str] = field(default_factory=dict)
    skips_bad_lines: bool = False
    read_at: datetime | None = None
    pinned: Sequence[str] = ()

    @property
    def cell_separator(self) -> str | None:
        """What parts the cells of a line of text; None: runs of blanks."""
        return self.separator if self.format == "csv" else None

    def files(self) -> list[str]:
        """The files of the table, in order.

        Raises:
            FileNotFoundError: nothing lies at the path.
        """
        return list(self.pinned) or files_at(self.path)

    def rows(self, *names: str, of: Collection[str] | None = None) -> Iterator[tuple[Any, ...]]:
        """The named columns, row by row, read in pieces; a column that is not mapped is None throughout.

        Ids are text and amounts millionths, as the night reads them; the rest is as the files have it.

        Args:
            of: the customers whose rows are kept; all where not said.

        Raises:
            FileNotFoundError: nothing lies at the path.
            KeyError, ValueError: a file is not of the format, or lacks a mapped column.
        """
        needed = dict.fromkeys([*names, *([] if of is None else ["customer_id"]), *self._compared()])
        wanted = None if of is None else pa.array(sorted(of), pa.string())
        columns = list(needed)
        rows = chain.from_iterable(self._kept(batch, columns, wanted) for batch in self._batches(columns))
        once = iter(dict.fromkeys(rows)) if self.is_distinct else rows
        return once if len(columns) == len(names) else (row[: len(names)] for row in once)

    def _compared(self) -> list[str]:
        return sorted(self.columns) if self.is_distinct else []

    def _batches(self, names: Iterable[str]) -> Iterator[pa.RecordBatch]:
        theirs = sorted({self.columns[name] for name in names if name in self.columns})
        paths = self.files()
        if self.format == "parquet":
            return parquet_batches(paths, theirs)
        return text_batches(paths, theirs, self.cell_separator, skips_bad_lines=self.skips_bad_lines)

    def _kept(self, batch: pa.RecordBatch, names: list[str], of: pa.Array | None) -> Iterator[tuple[object, ...]]:
        if of is not None:
            batch = batch.filter(pc.is_in(self._cells(batch, "customer_id"), value_set=of))
        return zip(*(_values(self._cells(batch, name)) for name in names), strict=True)

    def _cells(self, batch: pa.RecordBatch, name: str) -> pa.Array:
        kind = self.kinds.get(name) or KINDS.get(name)
        if name in self.columns:
            return read_as(kind, batch.column(self.columns[name]))
        value = self.constants.get(name)
        return pa.nulls(batch.num_rows) if value is None else read_as(kind, pa.array([value] * batch.num_rows))


def _values(cells: pa.Array) -> list[object]:
    """As Python has them; what many rows share is made once."""
    if not (pa.types.is_string(cells.type) or pa.types.is_timestamp(cells.type)):
        return list(cells.to_pylist())
    different = cells.dictionary_encode()
    values = [*different.dictionary.to_pylist(), None]
    return [values[place] for place in pc.fill_null(different.indices, -1).to_pylist()]
