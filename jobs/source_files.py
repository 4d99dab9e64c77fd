"""Opens a source's files as they lie there: Parquet, CSV, or text in columns of blanks."""

import glob
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from conf.sources import Source
from jobs.errors import SourceError


def open_files(spark: SparkSession, name: str, source: Source) -> DataFrame:
    """The files' own columns; text formats give text.

    Raises:
        SourceError: nothing lies at the path, or it is not of the format.
    """
    if not glob.glob(source.path):
        raise SourceError(f"{name}: nothing lies at {source.path}; sources.yaml says where the table is")
    readers = {"parquet": _parquet, "csv": _csv, "whitespace": _whitespace}
    try:
        return readers[source.format](spark, source)
    except (AnalysisException, PySparkException) as error:
        raise SourceError(f"{name}: {source.path} cannot be read as {source.format}: {error.getCondition()}") from error


def naive_stamps(source: Source) -> frozenset[str]:
    """The Parquet columns whose time stamps name no zone; Spark is told to read those as if they were UTC."""
    if source.format != "parquet":
        return frozenset()
    schema = ds.dataset(data_files(source.path), format="parquet").schema
    return frozenset(field.name for field in schema if pa.types.is_timestamp(field.type) and field.type.tz is None)


def data_files(pattern: str) -> list[Path]:
    """Every file that a path or pattern of sources.yaml stands for, in order; marks of writers are left out."""
    found = [Path(one) for one in sorted(glob.glob(pattern))]
    inside = [
        sorted(file for file in one.rglob("[!._]*") if file.is_file()) if one.is_dir() else [one] for one in found
    ]
    return [file for files in inside for file in files]


def _parquet(spark: SparkSession, source: Source) -> DataFrame:
    are_many = len(data_files(source.path)) > 1
    return spark.read.option("mergeSchema", are_many).parquet(source.path)  # merging costs a Spark job


def _csv(spark: SparkSession, source: Source) -> DataFrame:
    return spark.read.csv(source.path, header=True, sep=source.separator, enforceSchema=False, mode="FAILFAST")


def _whitespace(spark: SparkSession, source: Source) -> DataFrame:
    """The first line of the files names the columns; runs of blanks part the fields."""
    lines = spark.read.text(source.path)
    first = lines.first()
    if first is None:
        raise SourceError(f"{source.path} is empty; its first line must name the columns")
    header = first["value"].split()
    fields = F.split(F.trim("value"), r"\s+")
    rows = lines.where((F.trim("value") != "") & (F.col("value") != first["value"]))
    return rows.select(*(F.get(fields, F.lit(position)).alias(name) for position, name in enumerate(header)))
