"""The persisted Spark frame with one serialized partition a row, and the jobs that run tasks on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from optimization.spark.operators import (
    CHOSEN,
    FRAGMENTS,
    PARTITIONS,
    Chooser,
    FilePartitioner,
    PartitionBuilder,
    RowPartitioner,
    TaskRunner,
)
from optimization.spark.summary import MergedSummary, ProblemOptions, merged
from optimization.spark.tasks import Choose

PARTITION_SIZE = 2_000_000
"""Candidates of a partition, about. A task holds it in memory: some 60 bytes each while it is built, then five."""
SPARK_TYPES = {pa.int32(): "int", pa.binary(): "binary"}


class PartitionLost(AssertionError):
    """Partitions are missing or occur twice: their sums would be wrong."""


@dataclass(frozen=True)
class Partitions:
    """The candidates in Spark, as serialized partitions.

    Attributes:
        frame: a row per partition: its number, its program and its rows.
        problem_options: what makes a problem of a table.
        summary: the merged summaries of the partitions.
    """

    frame: DataFrame
    problem_options: ProblemOptions
    summary: MergedSummary

    @classmethod
    def of(
        cls, candidates: DataFrame, count: int, problem_options: ProblemOptions, files: Sequence[Path] = ()
    ) -> Partitions:
        """Partition the candidates in two stages of one job; the partitions stay persisted until released.

        Args:
            count: the number of candidates.
            files: the Parquet files whose rows are exactly those of the frame, if there are any.

        Raises:
            BadInput: candidates that are not valid.
        """
        partitions = -(-count // PARTITION_SIZE)
        if files:
            partitioner = FilePartitioner(candidates.columns, partitions, problem_options)
            fragments = _row_groups(candidates.sparkSession, files).mapInArrow(partitioner, _spark_schema(FRAGMENTS))
        else:
            fragments = candidates.mapInArrow(RowPartitioner(partitions, problem_options), _spark_schema(FRAGMENTS))
        frame = fragments.repartitionById(partitions, F.col("partition")).mapInArrow(
            PartitionBuilder(problem_options), _spark_schema(PARTITIONS)
        )
        frame = frame.persist(StorageLevel.MEMORY_AND_DISK)
        summaries = frame.select("partition", "summary").toArrow()
        numbers = summaries["partition"].to_pylist()
        summary = merged(dict(zip(numbers, summaries["summary"].to_pylist(), strict=True)), problem_options)
        if len(set(numbers)) < len(numbers) or sum(summary.candidates.values()) != count:
            total = sum(summary.candidates.values())
            raise PartitionLost(f"{count} candidates became {total} in pieces {sorted(numbers)}")
        return cls(frame, problem_options, summary)

    def run(self, task: Callable[[int, memoryview], bytes], among: Sequence[int] | None = None) -> dict[int, bytes]:
        """The result of the task for each partition (or for some), in their order: one job."""
        expected = sorted(self.summary.recodes) if among is None else list(among)
        frame = self.frame.select("partition", "program")
        if among is not None:
            frame = frame.filter(F.col("partition").isin(expected))
        results = self._few_tasks(frame).mapInArrow(TaskRunner(task), _spark_schema(FRAGMENTS)).toArrow()
        check_partitions(results["partition"].to_pylist(), expected)
        contents = dict(zip(results["partition"].to_pylist(), results["content"].to_pylist(), strict=True))
        return {partition: contents[partition] for partition in expected}

    def choose(self, task: Choose) -> DataFrame:
        """A row per partition: facts about its chosen candidates, and their rows; lazy."""
        frame = self._few_tasks(self.frame.select("partition", "program", "rows"))
        return frame.mapInArrow(Chooser(task), _spark_schema(CHOSEN))

    def release(self) -> None:
        """Free what Spark persists."""
        self.frame.unpersist()

    @staticmethod
    def _few_tasks(frame: DataFrame) -> DataFrame:
        """As many tasks as run in parallel: each costs a Python worker a quarter of a second to start."""
        return frame.coalesce(frame.sparkSession.sparkContext.defaultParallelism)


def _row_groups(spark: SparkSession, files: Sequence[Path]) -> DataFrame:
    """A row per row group of the files."""
    groups = [(str(file.resolve()), group) for file in files for group in range(pq.read_metadata(file).num_row_groups)]
    return spark.createDataFrame(groups, "path string, row_group int")


def check_partitions(numbers: Sequence[int], expected: Sequence[int]) -> None:
    """Refuse results in which a partition is missing or occurs twice."""
    if sorted(numbers) != sorted(expected):
        raise PartitionLost(f"pieces {sorted(expected)} were asked and {sorted(numbers)} answered")


def _spark_schema(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {SPARK_TYPES[field.type]}" for field in schema)
