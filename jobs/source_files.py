"""Opens a source's files as they lie there: Parquet, CSV, or text in columns of blanks."""

import glob

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


def _parquet(spark: SparkSession, source: Source) -> DataFrame:
    return spark.read.option("mergeSchema", "true").parquet(source.path)


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
