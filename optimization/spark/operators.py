"""Rows, fragments and pieces as Spark hands them to tasks: batches of Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from optimization.spark.partitioning import built, cut
from optimization.spark.partitions import Terms
from optimization.spark.serialization import table_of
from optimization.spark.tasks import Choose

FRAGMENT = 2_000_000
"""Rows that are cut in one go."""

Batches = Iterable[pa.RecordBatch]
FRAGMENTS = pa.schema([("piece", pa.int32()), ("content", pa.binary())])
PIECES = pa.schema([("piece", pa.int32()), *((name, pa.binary()) for name in ("summary", "program", "rows"))])
CHOSEN = pa.schema([("piece", pa.int32()), ("content", pa.binary()), ("rows", pa.binary())])


@dataclass(frozen=True)
class Cutter:
    """Rows -> fragments of pieces."""

    pieces: int
    terms: Terms

    def __call__(self, batches: Batches) -> Batches:
        """Cut so many rows at a time."""
        held: list[pa.RecordBatch] = []
        rows = 0
        for batch in batches:
            held, rows = [*held, batch], rows + len(batch)
            if rows >= FRAGMENT:
                yield from self._cut(held)
                held, rows = [], 0
        if rows:
            yield from self._cut(held)

    def _cut(self, held: list[pa.RecordBatch]) -> Batches:
        for piece, content in cut(pa.Table.from_batches(held), self.pieces, self.terms):
            yield _row(FRAGMENTS, piece, content)


@dataclass(frozen=True)
class FileCutter:
    """Row groups of Parquet files -> fragments of pieces."""

    columns: Sequence[str]
    pieces: int
    terms: Terms

    def __call__(self, batches: Batches) -> Batches:
        """Read so many rows at a time, labels as they are coded in the file."""
        for batch in batches:
            for path, group in zip(batch["path"].to_pylist(), batch["row_group"].to_pylist(), strict=True):
                labels = [field.name for field in pq.read_schema(path) if pa.types.is_string(field.type)]
                file = pq.ParquetFile(path, read_dictionary=labels)
                for rows in file.iter_batches(FRAGMENT, row_groups=[group], columns=list(self.columns)):
                    for piece, content in cut(pa.table(rows).select(self.columns), self.pieces, self.terms):
                        yield _row(FRAGMENTS, piece, content)


@dataclass(frozen=True)
class Builder:
    """The fragments of a piece -> the piece."""

    terms: Terms

    def __call__(self, batches: Batches) -> Batches:
        """One row per piece."""
        fragments: dict[int, list[bytes]] = {}
        for batch in batches:
            for piece, content in zip(batch["piece"].to_pylist(), batch["content"].to_pylist(), strict=True):
                fragments.setdefault(piece, []).append(content)
        for piece in sorted(fragments):
            yield _row(PIECES, piece, *built(fragments.pop(piece), self.terms))


@dataclass(frozen=True)
class Asker:
    """A piece -> a task's answer."""

    task: Callable[[int, memoryview], bytes]

    def __call__(self, batches: Batches) -> Batches:
        """One row per piece."""
        for batch in batches:
            for piece, program in zip(batch["piece"].to_pylist(), batch["program"], strict=True):
                yield _row(FRAGMENTS, piece, self.task(piece, memoryview(program.as_buffer())))


@dataclass(frozen=True)
class Chooser:
    """A piece -> facts about its chosen candidates, and these."""

    task: Choose

    def __call__(self, batches: Batches) -> Batches:
        """One row per piece."""
        for batch in batches:
            for piece, program, rows in zip(batch["piece"].to_pylist(), batch["program"], batch["rows"], strict=True):
                yield _row(
                    CHOSEN,
                    piece,
                    *self.task(piece, memoryview(program.as_buffer()), memoryview(rows.as_buffer())),
                )


@dataclass(frozen=True)
class Unfolder:
    """Chosen candidates by piece -> a row each."""

    def __call__(self, batches: Batches) -> Batches:
        """The rows, with plain labels."""
        for batch in batches:
            for rows in batch["rows"]:
                table = table_of(memoryview(rows.as_buffer()))
                plain = {
                    name: column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
                    for name, column in zip(table.column_names, table.columns, strict=True)
                }
                yield from pa.table(plain).to_batches()


def _row(schema: pa.Schema, *cells: int | bytes) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([dict(zip(schema.names, cells, strict=True))], schema=schema)
