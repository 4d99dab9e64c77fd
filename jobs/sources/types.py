"""Their columns as our types; what cannot be read becomes null, and the contract's gate says what that means."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

from conf.micros import MICROS
from conf.sources import Source
from expectations.types import Type

CASTS = {"integer": "bigint", "date": "date"}
WHOLE_NUMBERS = ("tinyint", "smallint", "int", "bigint")
NOT_KNOWN = ("", "nan", "null", "na", "n/a", "none", r"\n")
"""What is written for an empty cell, whatever the case."""


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


def typed(column: Found, wanted: Type, source: Source, zone: str) -> Column:
    """The column as the wanted type.

    Args:
        zone: the deployment's time zone, which is also the Spark session's.
    """
    if wanted == "timestamp":
        return _instant(column, source, zone)
    return READERS[wanted](column) if wanted in READERS else column.column.try_cast(CASTS[wanted])


def is_unreadable(column: Found, value: Column) -> Column:
    """Whether something stands in the cell and yet its value is null; never null itself."""
    written = F.lower(F.trim(column.column.try_cast("string")))
    return value.isNull() & ~F.coalesce(written, F.lit("")).isin(*NOT_KNOWN)


def _text(column: Found) -> Column:
    """Whole numbers without a point, however they are stored: ids with gaps come as 7.0 from pandas."""
    text = column.column.try_cast("string")
    if column.kind not in ("double", "float") and not column.kind.startswith("decimal"):
        return text
    whole = column.column.try_cast("bigint")
    return F.when(whole == column.column, whole.cast("string")).otherwise(F.nullif(text, F.lit("NaN")))


def _answer(column: Found) -> Column:
    """Of numbers only 0 and 1 answer: Spark would take NaN and -1, which stand for "not known", for true."""
    if column.kind in ("string", "boolean"):
        return column.column.try_cast("boolean")
    number = column.column.try_cast("double")
    return F.when(number == 1, F.lit(True)).when(number == 0, F.lit(False))


def _number(column: Found) -> Column:
    value = column.column.try_cast("double")
    return F.when(~F.isnan(value), value)  # pandas writes NaN for "not known"


def _millionths(column: Found) -> Column:
    """Exact for every amount below 9 thousand million: a double holds such millionths without rounding."""
    if column.kind == "double":
        return F.rint(column.column * MICROS).try_cast("bigint")
    if column.kind in WHOLE_NUMBERS:
        return F.try_multiply(column.column.cast("bigint"), F.lit(MICROS))
    written = (
        column.column.cast("string") if column.kind == "float" else column.column
    )  # 0.1 in 32 bits is 0.10000000149
    return (written.try_cast("decimal(20,6)") * MICROS).try_cast("bigint")


READERS: dict[str, Callable[[Found], Column]] = {
    "text": _text,
    "boolean": _answer,
    "number": _number,
    "money": _millionths,
    "quantity": _millionths,
}


def _instant(column: Found, source: Source, ours: str) -> Column:
    """A stamp that names no zone is read in the source's; a bare day is the same day in ours."""
    theirs = source.time_zone or ours
    if column.is_naive:
        return column.column if theirs == "UTC" else F.to_utc_timestamp(column.column, theirs)
    if column.kind in ("timestamp", "date"):
        return column.column.try_cast("timestamp")
    text = F.trim(_text(column))
    return _formatted(text, source.date_format, theirs, ours) if source.date_format else _iso(text, theirs, ours)


def _iso(text: Column, theirs: str, ours: str) -> Column:
    """Spark reads the zone after the seconds; a day with a zone, and a stamp with two, is nothing it can read."""
    dated = F.when(F.contains(text, F.lit("-")), text)  # a time of day alone would be one of today
    ends = ("",) if theirs == ours else (f" {theirs}", f":00 {theirs}", "")
    return F.coalesce(*(F.concat(dated, F.lit(end)).try_cast("timestamp") for end in ends))


def _formatted(text: Column, pattern: str, theirs: str, ours: str) -> Column:
    letters = set(re.sub("'[^']*'", "", pattern))
    has_hour, has_zone = letters & set("HhKk"), letters & set("VzOXxZ")
    if theirs == ours or has_zone or not has_hour:
        return F.try_to_timestamp(text, F.lit(pattern))
    return F.try_to_timestamp(F.concat(text, F.lit(f" {theirs}")), F.lit(f"{pattern} VV"))
