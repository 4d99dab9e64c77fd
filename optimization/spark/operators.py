"""The `mapInArrow` functions: rows, fragments and partitions as batches of Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from optimization.spark.partitioning import built_partition, partitioned
from optimization.spark.serialization import table_of
from optimization.spark.summary import ProblemOptions
from optimization.spark.tasks import Choose

FRAGMENT = 2_000_000
"""Rows that are partitioned at a time."""

Batches = Iterable[pa.RecordBatch]
FRAGMENTS = pa.schema([("partition", pa.int32()), ("content", pa.binary())])
PARTITIONS = pa.schema([("partition", pa.int32()), *((name, pa.binary()) for name in ("summary", "program", "rows"))])
CHOSEN = pa.schema([("partition", pa.int32()), ("content", pa.binary()), ("rows", pa.binary())])


@dataclass(frozen=True)
class RowPartitioner:
    """Rows -> fragments of partitions."""

    partitions: int
    problem_options: ProblemOptions

    def __call__(self, batches: Batches) -> Batches:
        """Partition some rows at a time."""
        held: list[pa.RecordBatch] = []
        rows = 0
        for batch in batches:
            held, rows = [*held, batch], rows + len(batch)
            if rows >= FRAGMENT:
                yield from self._partitioned(held)
                held, rows = [], 0
        if rows:
            yield from self._partitioned(held)

    def _partitioned(self, held: list[pa.RecordBatch]) -> Batches:
        for partition, content in partitioned(pa.Table.from_batches(held), self.partitions, self.problem_options):
            yield _row(FRAGMENTS, partition, content)


@dataclass(frozen=True)
class FilePartitioner:
    """Row groups of Parquet files -> fragments of partitions."""

    columns: Sequence[str]
    partitions: int
    problem_options: ProblemOptions

    def __call__(self, batches: Batches) -> Batches:
        """Read and partition some rows at a time; labels keep the dictionary of the file."""
        for batch in batches:
            for path, group in zip(batch["path"].to_pylist(), batch["row_group"].to_pylist(), strict=True):
                labels = [field.name for field in pq.read_schema(path) if pa.types.is_string(field.type)]
                file = pq.ParquetFile(path, read_dictionary=labels)
                for rows in file.iter_batches(FRAGMENT, row_groups=[group], columns=list(self.columns)):
                    for partition, content in partitioned(
                        pa.table(rows).select(self.columns), self.partitions, self.problem_options
                    ):
                        yield _row(FRAGMENTS, partition, content)


@dataclass(frozen=True)
class PartitionBuilder:
    """The fragments of a partition -> the partition."""

    problem_options: ProblemOptions

    def __call__(self, batches: Batches) -> Batches:
        """One row per partition."""
        fragments: dict[int, list[bytes]] = {}
        for batch in batches:
            for partition, content in zip(batch["partition"].to_pylist(), batch["content"].to_pylist(), strict=True):
                fragments.setdefault(partition, []).append(content)
        for partition in sorted(fragments):
            yield _row(PARTITIONS, partition, *built_partition(fragments.pop(partition), self.problem_options))


@dataclass(frozen=True)
class TaskRunner:
    """A partition -> the result of a task."""

    task: Callable[[int, memoryview], bytes]

    def __call__(self, batches: Batches) -> Batches:
        """One row per partition."""
        for batch in batches:
            for partition, program in zip(batch["partition"].to_pylist(), batch["program"], strict=True):
                yield _row(FRAGMENTS, partition, self.task(partition, memoryview(program.as_buffer())))


@dataclass(frozen=True)
class Chooser:
    """A partition -> facts about its chosen candidates, and their rows."""

    task: Choose

    def __call__(self, batches: Batches) -> Batches:
        """One row per partition."""
        for batch in batches:
            for partition, program, rows in zip(
                batch["partition"].to_pylist(), batch["program"], batch["rows"], strict=True
            ):
                yield _row(
                    CHOSEN,
                    partition,
                    *self.task(partition, memoryview(program.as_buffer()), memoryview(rows.as_buffer())),
                )


@dataclass(frozen=True)
class RowUnpacker:
    """The chosen candidates of partitions -> a row each."""

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
