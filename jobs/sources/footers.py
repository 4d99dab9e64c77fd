"""What the footer of a Parquet file says of its columns."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import types as T

from jobs.core.errors import SourceError

SIMPLE_TYPES: dict[pa.DataType, T.DataType] = {
    pa.bool_(): T.BooleanType(),
    pa.int8(): T.ByteType(),
    pa.int16(): T.ShortType(),
    pa.int32(): T.IntegerType(),
    pa.int64(): T.LongType(),
    pa.uint8(): T.ShortType(),
    pa.uint16(): T.IntegerType(),
    pa.uint32(): T.LongType(),
    pa.uint64(): T.DecimalType(20, 0),
    pa.float32(): T.FloatType(),
    pa.float64(): T.DoubleType(),
    pa.date32(): T.DateType(),
    pa.date64(): T.DateType(),
    pa.string(): T.StringType(),
    pa.large_string(): T.StringType(),
    pa.string_view(): T.StringType(),
    pa.binary(): T.BinaryType(),
    pa.large_binary(): T.BinaryType(),
}
"""Arrow's type -> Spark's for the same column of a file; time stamps and decimals beside."""
DIGITS = 38
"""How many digits Spark's decimals have at most."""


@dataclass(frozen=True)
class ParquetColumn:
    """A column of one file.

    Attributes:
        words: its type, as far as the files of one table must have the same.
        spark_type: what Spark reads it as; None: it is of a type that is not read.
        is_empty: it is of no type, since no cell has a value.
        is_naive: its time stamps name no zone.
        is_in_nanoseconds: its time stamps are finer than Spark's, which reads them as whole numbers.
    """

    words: str
    spark_type: T.DataType | None
    is_empty: bool = False
    is_naive: bool = False
    is_in_nanoseconds: bool = False


def footer_of(name: str, file: Path) -> tuple[tuple[str, ParquetColumn], ...]:
    """Names and columns of a Parquet file, in order.

    Raises:
        SourceError: it is none, or it is cut.
    """
    try:
        stat = file.stat()
        return _columns(str(file), stat.st_mtime_ns, stat.st_size)
    except (OSError, pa.ArrowInvalid) as error:
        raise SourceError(f"{name}: {file.name} is no Parquet file, or it is cut") from error


@lru_cache(maxsize=4096)
def _columns(path: str, _modified_ns: int, _bytes: int) -> tuple[tuple[str, ParquetColumn], ...]:
    """A file is looked at once as long as it is the same."""
    with pq.ParquetFile(path) as footer:
        leaves = [footer.schema.column(place) for place in range(len(footer.schema))]
        instants = {leaf.name for leaf in leaves if leaf.physical_type == "INT96"}  # as Spark itself once wrote them
        fields = footer.schema_arrow
        return tuple((field.name, _column(field.type, is_instant=field.name in instants)) for field in fields)


def _column(arrow_type: pa.DataType, *, is_instant: bool) -> ParquetColumn:
    plain = arrow_type.value_type if pa.types.is_dictionary(arrow_type) else arrow_type
    if pa.types.is_timestamp(plain):
        is_naive = not is_instant and not plain.tz
        is_in_nanoseconds = plain.unit == "ns" and not is_instant
        words = "a time stamp without a zone" if is_naive else "a time stamp with a zone"
        kind: T.DataType = T.LongType() if is_in_nanoseconds else T.TimestampType()
        return ParquetColumn(words, kind, is_naive=is_naive, is_in_nanoseconds=is_in_nanoseconds)
    if pa.types.is_decimal(plain) and plain.precision <= DIGITS:
        return ParquetColumn(f"a decimal of scale {plain.scale}", T.DecimalType(plain.precision, plain.scale))
    words = str(plain).removeprefix("large_").removesuffix("_view")
    return ParquetColumn(words, SIMPLE_TYPES.get(plain), is_empty=pa.types.is_null(plain))
