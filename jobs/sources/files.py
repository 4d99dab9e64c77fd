"""Opens source files: Parquet, CSV, or text in columns separated by blanks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from conf.sources import Source
from expectations.notes import BLOCK, FILE, IS_CUT, LINE
from jobs.core.errors import SourceError
from jobs.sources.headers import BLANKS
from jobs.sources.layouts import FileColumn, Layout, layouts_of
from jobs.sources.paths import folder_column, spark_path

MALFORMED = "the line as it stands, if its fields are too few or too many"
READ_FAILURES = (PySparkException, Py4JJavaError)
"""What Spark raises when files are not what they should be; some of it when rows are counted, not when files open."""


@dataclass(frozen=True)
class OpenFiles:
    """Files of one table with the same layout.

    Attributes:
        frame: the mapped columns that they have, called as in sources.yaml, beside notes; text formats give text, and
            note the lines with too few or too many fields.
        naive: the columns whose time stamps name no zone; Spark is set to read those as UTC.
    """

    frame: DataFrame
    naive: frozenset[str]


Reader = Callable[[SparkSession, Layout, Sequence[str], Sequence[Column]], OpenFiles]


def open_files(
    spark: SparkSession, name: str, source: Source, files: Sequence[Path], *, with_locations: bool = False
) -> list[OpenFiles]:
    """The files, those of the same layout together; columns that nobody mapped are not read.

    Args:
        with_locations: also note where each row lies (expectations.notes); filters are then not pushed down.

    Raises:
        SourceError: there are no files, they are not of the format, or no file has a mapped column.
    """
    if not files:
        raise SourceError(f"{name}: nothing lies at {source.path}; sources.yaml says where the table is")
    alike: dict[Layout, list[str]] = {}
    layouts = layouts_of(name, source, files)
    _check_mapped(name, source, list(layouts.values()))
    for file, layout in layouts.items():
        alike.setdefault(layout, []).append(spark_path(file))
    readers: dict[str, Reader] = {
        "parquet": _parquet,
        "csv": partial(_csv, source.separator),
        "whitespace": _whitespace,
    }
    reader = readers[source.format]
    locations = _location_columns() if with_locations else ()
    try:
        return [reader(spark, layout, paths, locations) for layout, paths in alike.items()]
    except READ_FAILURES as error:
        raise SourceError(f"{name}: {source.path} cannot be read as {source.format}") from error


def _check_mapped(name: str, source: Source, layouts: Sequence[Layout]) -> None:
    theirs = sorted(set(source.columns.values()))
    missing = [column for column in theirs if not any(layout.has(column) for layout in layouts)]
    if missing:
        words = _columns_in_words(layouts[0]) if len(missing) < len(theirs) or layouts[0].columns else NO_HEADER
        raise SourceError(f"{name}: no column {missing[0]!r} in {source.path}; {words}")


NO_HEADER = "none of the columns that sources.yaml maps is there, so its first line may not be a header"
"""Its cells may be a customer's values, so they are not shown."""


def _columns_in_words(layout: Layout) -> str:
    return f"its columns: {', '.join(sorted(name for name in layout.names if name))}"


def _location_columns() -> Sequence[Column]:
    file, block = F.col("_metadata.file_path"), F.col("_metadata.file_block_start")
    return file.alias(FILE), block.alias(BLOCK), F.monotonically_increasing_id().alias(LINE)


def _parquet(spark: SparkSession, layout: Layout, paths: Sequence[str], locations: Sequence[Column]) -> OpenFiles:
    fields = {column.name: column.stored.spark_type for column in layout.columns if column.place is not None}
    schema = T.StructType([T.StructField(name, kind) for name, kind in fields.items() if kind is not None])
    columns = [_cell(column).alias(column.theirs) for column in layout.columns]
    naive = frozenset(column.theirs for column in layout.columns if column.stored.is_naive)
    return OpenFiles(spark.read.schema(schema).parquet(*paths).select(*columns, *locations), naive)


def _cell(column: FileColumn) -> Column:
    """A column of a Parquet file, time stamps in Spark's own precision."""
    if column.place is None:
        return folder_column(column.name)
    if column.stored.is_empty:
        return F.lit(None).cast("string")
    stored = F.col(f"`{column.name.replace('`', '``')}`")
    if column.stored.is_in_nanoseconds:
        return F.timestamp_micros(F.call_function("div", stored - F.pmod(stored, F.lit(1000)), F.lit(1000)))
    return stored


def _csv(
    separator: str, spark: SparkSession, layout: Layout, paths: Sequence[str], locations: Sequence[Column]
) -> OpenFiles:
    """Quotes inside quotes are doubled. A line with too few or too many fields is null in every column."""
    names = [f"_{place}" for place in range(len(layout.names))]
    schema = T.StructType([T.StructField(name, T.StringType()) for name in (*names, MALFORMED)])
    sign = "\\\\" if separator == "\\" else separator
    reader = spark.read.options(header=True, sep=sign, quote='"', escape='"', enforceSchema=True)
    reader.options(columnNameOfCorruptRecord=MALFORMED, columnPruning=False)  # columns not asked for are counted too
    lines = reader.schema(schema).csv(list(paths))
    is_whole = F.col(MALFORMED).isNull()
    columns = [
        F.when(is_whole, folder_column(column.name) if column.place is None else F.col(f"_{column.place}")).alias(
            column.theirs
        )
        for column in layout.columns
    ]
    # Spark refuses to read which lines are malformed and nothing else, so another column must be asked too.
    is_cut = F.col(MALFORMED).isNotNull() | F.coalesce(F.length(F.col("_0")) < 0, F.lit(False))
    return OpenFiles(lines.select(*columns, is_cut.alias(IS_CUT), *locations), frozenset())


def _whitespace(spark: SparkSession, layout: Layout, paths: Sequence[str], locations: Sequence[Column]) -> OpenFiles:
    """The first line of the files names the columns; runs of blanks part the fields.

    A line with too few or too many fields is null in every column.
    """
    line = F.trim("value", F.lit(" \t\v\f"))
    fields = F.split(line, r"[ \t\x0B\f]+")
    header = [cell for cell in BLANKS.split(layout.header) if cell]
    is_header = F.array_compact(fields) == F.array(*map(F.lit, header))
    rows = spark.read.text(list(paths)).where((line != "") & ~is_header)
    whole = F.when(F.size(fields) == len(layout.names), fields)
    columns = [
        (folder_column(column.name) if column.place is None else F.get(whole, F.lit(column.place))).alias(column.theirs)
        for column in layout.columns
    ]
    return OpenFiles(rows.select(*columns, whole.isNull().alias(IS_CUT), *locations), frozenset())
