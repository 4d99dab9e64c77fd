"""Opens source files: Parquet, CSV, or text in columns separated by blanks."""

import glob
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from conf.sources import Source
from expectations.notes import BLOCK, FILE, IS_CUT, LINE
from jobs.core.errors import SourceError

MALFORMED = "the line as it stands, if its fields are too few or too many"
BYTE_ORDER_MARK = "\ufeff"
HIDDEN_STARTS, HIDDEN_END = ("_", "."), "._COPYING_"
"""How the names of folders and files begin, or end, that are marks of writers or not finished."""
READ_FAILURES = (PySparkException, Py4JJavaError)
"""What Spark raises when files are not what they should be; some of it when rows are counted, not when files open."""


def open_files(
    spark: SparkSession, name: str, source: Source, files: Sequence[Path], *, with_locations: bool = False
) -> DataFrame:
    """The files' own columns; text formats give text, and note the lines with too few or too many fields.

    Args:
        with_locations: also note where each row lies (expectations.notes); filters are then not pushed down.

    Raises:
        SourceError: there are no files, or they are not of the format.
    """
    if not files:
        raise SourceError(f"{name}: nothing lies at {source.path}; sources.yaml says where the table is")
    readers = {"parquet": _parquet, "csv": _csv, "whitespace": _whitespace}
    try:
        return readers[source.format](
            spark, source, [str(file) for file in files], _location_columns() if with_locations else ()
        )
    except READ_FAILURES as error:
        raise SourceError(f"{name}: {source.path} cannot be read as {source.format}") from error


def naive_stamps(source: Source, files: Sequence[Path]) -> frozenset[str]:
    """The Parquet columns whose time stamps name no zone; Spark is set to read those as UTC.

    The first file speaks for all.
    """
    if source.format != "parquet":
        return frozenset()
    footer = pq.ParquetFile(files[0])
    columns = [footer.schema.column(position) for position in range(len(footer.schema))]
    instants = {column.name for column in columns if column.physical_type == "INT96"}  # as Spark itself writes them
    stamps = {field.name for field in footer.schema_arrow if pa.types.is_timestamp(field.type) and not field.type.tz}
    return frozenset(stamps - instants)


def data_files(pattern: str) -> list[Path]:
    """Every file that a path or pattern of sources.yaml stands for, in order, without those that a writer hides.

    Hidden is what has a part in its path, below what the pattern itself names, that begins with `_` or `.` or ends
    with `._COPYING_` (docs/input_gates.md): marks, and what is not finished yet.
    """
    paths = [Path(name) for name in sorted(glob.glob(pattern))]
    named = [path for path in paths if not any(map(_is_hidden_match, path.parts, Path(pattern).parts))]
    return [file for path in named for file in (_inside(path) if path.is_dir() else [path])]


def _inside(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [file for file in files if not any(map(_is_hidden, file.relative_to(folder).parts))]


def _is_hidden(name: str) -> bool:
    return name.startswith(HIDDEN_STARTS) or name.endswith(HIDDEN_END)


def _is_hidden_match(name: str, pattern: str) -> bool:
    """Whether a name is hidden, and the part of the pattern that it matches does not ask for such names."""
    return _is_hidden(name) and name != pattern and not (name[0] == pattern[0] and pattern[0] in HIDDEN_STARTS)


def folder_of(pattern: str) -> Path:
    """The folder from which the files of a path or pattern are named in messages."""
    fixed = Path(pattern).absolute()
    while glob.has_magic(str(fixed)) or not fixed.is_dir():
        fixed = fixed.parent
    return fixed


def _location_columns() -> Sequence[Column]:
    file, block = F.col("_metadata.file_path"), F.col("_metadata.file_block_start")
    return file.alias(FILE), block.alias(BLOCK), F.monotonically_increasing_id().alias(LINE)


def _parquet(spark: SparkSession, source: Source, files: list[str], locations: Sequence[Column]) -> DataFrame:
    reader = spark.read.option("mergeSchema", len(files) > 1)  # merging costs a Spark job
    if Path(source.path).is_dir() and Path(source.path) in Path(files[0]).parents:
        reader = reader.option("basePath", source.path)  # columns that are names of folders
    return reader.parquet(*files).select("*", *locations)


def _csv(spark: SparkSession, source: Source, files: list[str], locations: Sequence[Column]) -> DataFrame:
    """Quotes inside quotes are doubled. A line with too few or too many fields is null in every column."""
    reader = spark.read.options(header=True, sep=source.separator, quote='"', escape='"', enforceSchema=False)
    names = reader.csv(files).columns
    schema = T.StructType([T.StructField(name, T.StringType()) for name in (*names, MALFORMED)])
    reader.options(columnNameOfCorruptRecord=MALFORMED, columnPruning=False)  # columns not asked for are counted too
    lines = reader.schema(schema).csv(files)
    is_whole = F.col(MALFORMED).isNull()
    columns = [F.when(is_whole, F.col(f"`{name}`")).alias(name) for name in names]
    is_cut = F.col(MALFORMED).isNotNull()
    if names:  # Spark refuses to read which lines are malformed and nothing else, so another column must be asked too
        is_cut = is_cut | F.coalesce(F.length(F.col(f"`{names[0]}`")) < 0, F.lit(False))
    return lines.select(*columns, is_cut.alias(IS_CUT), *locations)


def _whitespace(spark: SparkSession, source: Source, files: list[str], locations: Sequence[Column]) -> DataFrame:
    """The first line of the files names the columns; runs of blanks part the fields.

    A line with too few or too many fields is null in every column.
    """
    lines = spark.read.text(files)
    first = lines.first()
    if first is None:
        raise SourceError(f"{source.path} is empty; its first line must name the columns")
    header = first["value"].removeprefix(BYTE_ORDER_MARK).split()
    line = F.trim("value", F.lit(" \t"))
    rows = lines.where((line != "") & (F.col("value") != first["value"]))
    fields = F.split(line, r"\s+")
    whole = F.when(F.size(fields) == len(header), fields)
    columns = [F.get(whole, F.lit(position)).alias(name) for position, name in enumerate(header)]
    return rows.select(*columns, whole.isNull().alias(IS_CUT), *locations)
