"""Their columns as our types; what cannot be read becomes null, and the contract's gate says what that means."""

from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

from conf.sources import Source
from expectations.types import Type

MILLION = 1_000_000
CASTS = {"text": "string", "integer": "bigint", "boolean": "boolean", "date": "date"}
BINARY_NUMBERS = ("double", "float")
WHOLE_NUMBERS = ("tinyint", "smallint", "int", "bigint")


@dataclass(frozen=True)
class Found:
    """One column as it lies in the files.

    Attributes:
        kind: Spark's name of its type.
        is_naive: a Parquet time stamp that names no zone; Spark took it for UTC.
    """

    column: Column
    kind: str
    is_naive: bool = False


def typed(found: Found, wanted: Type, source: Source, zone: str) -> Column:
    """The column as the wanted type.

    Args:
        zone: the deployment's time zone, which is also the Spark session's.
    """
    if wanted in ("money", "quantity"):
        return _millionths(found)
    if wanted == "timestamp":
        return _instant(found, source, zone)
    if wanted == "number":
        value = found.column.try_cast("double")
        return F.when(~F.isnan(value), value)  # pandas writes NaN for "not known"
    return found.column.try_cast(CASTS[wanted])


def _millionths(found: Found) -> Column:
    """Exact for every amount below 9 thousand million: a double holds such millionths without rounding."""
    if found.kind in BINARY_NUMBERS:
        return F.rint(found.column.cast("double") * MILLION).try_cast("bigint")
    if found.kind in WHOLE_NUMBERS:
        return F.try_multiply(found.column.cast("bigint"), F.lit(MILLION))
    return (found.column.try_cast("decimal(20,6)") * MILLION).try_cast("bigint")


def _instant(found: Found, source: Source, ours: str) -> Column:
    """A stamp that names no zone is read in the source's; a bare date is its midnight."""
    theirs = source.time_zone or ours
    if found.is_naive:
        return found.column if theirs == "UTC" else F.to_utc_timestamp(found.column, theirs)
    if found.kind != "string":
        return found.column.try_cast("timestamp")
    is_iso = source.date_format is None
    read = found.column.try_cast("timestamp") if is_iso else F.try_to_timestamp(found.column, F.lit(source.date_format))
    return read if theirs == ours else F.to_utc_timestamp(F.from_utc_timestamp(read, ours), theirs)
