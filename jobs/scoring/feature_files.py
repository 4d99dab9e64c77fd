"""Parquet files of the lake whose rows Spark's workers read by themselves.

Handing on a row of a hundred numbers costs the JVM a quarter of what scoring it costs; the lake is a folder that all
workers see.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

ROWS_AT_ONCE = 20_000
"""As many as Spark hands over at once, see jobs/spark/session.py."""
Batches = Iterable[pa.RecordBatch]


@dataclass(frozen=True)
class FeatureFiles:
    """A table as `models.scoring` takes it, in place of a frame.

    Attributes:
        files: at least one.
        columns: those that are read.
    """

    spark: SparkSession
    files: Sequence[Path]
    columns: Sequence[str]

    def select(self, *names: str) -> "FeatureFiles":
        """The same rows with these columns only."""
        return replace(self, columns=names)

    def mapInArrow(  # noqa: N802  as a frame calls it
        self, work: Callable[[Batches], Iterator[pa.RecordBatch]], schema: StructType
    ) -> DataFrame:
        """What `work` makes of the rows, one task per row group of a file."""
        pieces = [
            (str(file.resolve()), group)
            for file in self.files
            for group in range(pq.read_metadata(file).num_row_groups)
        ]
        columns = list(self.columns)

        def read(numbers: Batches) -> Iterator[pa.RecordBatch]:
            for batch in numbers:
                for number in batch.column("id").to_pylist():
                    path, group = pieces[number]
                    with pq.ParquetFile(path) as file:
                        yield from file.iter_batches(ROWS_AT_ONCE, [group], columns, use_threads=False)

        tasks = self.spark.range(0, len(pieces), 1, max(1, len(pieces)))
        return tasks.mapInArrow(lambda numbers: work(read(numbers)), schema)


def feature_files(spark: SparkSession, files: Sequence[Path]) -> FeatureFiles:
    """All columns of the files, which are of one schema."""
    return FeatureFiles(spark, files, pq.read_schema(files[0]).names)
