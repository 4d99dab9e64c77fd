"""Converts source columns to our types; a value that cannot be read becomes null, which the table's gate judges."""

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
BLANKS = "".join(map(chr, range(33))) + "\N{NO-BREAK SPACE}"
"""What may stand around a date."""
DAY = r"^\d{4}-\d{1,2}(-\d{1,2}[T ]?)?$"
ZONED = r"^\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d*)? *[A-Za-z+-]"
"""Text that Spark reads as a day, and as a moment that names its zone."""
LAST_YEAR = 9999
NOT_KNOWN = ("", "nan", "null", "na", "n/a", "none", r"\n")
"""Texts that mean an empty cell, in any case."""


@dataclass(frozen=True)
class SourceColumn:
    """One column as it lies in the files.

    Attributes:
        kind: Spark's name of its type.
        is_naive: a Parquet time stamp that names no zone; Spark took it for UTC.
    """

    column: Column
    kind: str
    is_naive: bool = False


def typed(column: SourceColumn, target: Type, source: Source, zone: str) -> Column:
    """The column converted to a type of ours.

    Args:
        zone: the deployment's time zone, which is also the Spark session's.
    """
    if target == "timestamp":
        return _instant(column, source, zone)
    return READERS[target](column) if target in READERS else column.column.try_cast(CASTS[target])


def is_unreadable(column: SourceColumn, value: Column) -> Column:
    """Whether something stands in the cell and yet its value is null; never null itself."""
    text = F.lower(F.trim(column.column.try_cast("string")))
    return value.isNull() & ~F.coalesce(text, F.lit("")).isin(*NOT_KNOWN)


def _text(column: SourceColumn) -> Column:
    """Whole numbers without a point, however they are stored: ids with gaps come as 7.0 from pandas."""
    text = column.column.try_cast("string")
    if column.kind not in ("double", "float") and not column.kind.startswith("decimal"):
        return text
    whole = column.column.try_cast("bigint")
    return F.when(whole == column.column, whole.cast("string")).otherwise(F.nullif(text, F.lit("NaN")))


def _boolean(column: SourceColumn) -> Column:
    """Of numbers only 0 and 1 answer: Spark would take NaN and -1, which stand for "not known", for true."""
    if column.kind in ("string", "boolean"):
        return column.column.try_cast("boolean")
    number = column.column.try_cast("double")
    return F.when(number == 1, F.lit(True)).when(number == 0, F.lit(False))


def _number(column: SourceColumn) -> Column:
    value = column.column.try_cast("double")
    return F.when(~F.isnan(value), value)  # pandas writes NaN for "not known"


def _micros(column: SourceColumn) -> Column:
    """Exact for every amount below 9 thousand million: a double holds such micros without rounding."""
    if column.kind == "double":
        return F.rint(column.column * MICROS).try_cast("bigint")
    if column.kind in WHOLE_NUMBERS:
        return F.try_multiply(column.column.cast("bigint"), F.lit(MICROS))
    exact = column.column.cast("string") if column.kind == "float" else column.column  # 0.1 in 32 bits is 0.10000000149
    return (exact.try_cast("decimal(20,6)") * MICROS).try_cast("bigint")


READERS: dict[str, Callable[[SourceColumn], Column]] = {
    "text": _text,
    "boolean": _boolean,
    "number": _number,
    "money": _micros,
    "quantity": _micros,
}


def _instant(column: SourceColumn, source: Source, ours: str) -> Column:
    """A stamp that names no zone is read in the source's; a bare day is the same day in ours."""
    theirs = source.time_zone or ours
    if column.is_naive:
        return column.column if theirs == "UTC" else F.to_utc_timestamp(column.column, theirs)
    if column.kind in ("timestamp", "date"):
        return column.column.try_cast("timestamp")
    text = F.trim(_text(column), F.lit(BLANKS))
    moment = _formatted(text, source.date_format, theirs, ours) if source.date_format else _iso(text, theirs, ours)
    return F.when(F.year(moment).between(1, LAST_YEAR), moment)  # a slip like 01-01--2027 is no year before Christ


def _iso(text: Column, theirs: str, ours: str) -> Column:
    """A bare day is one of ours; a moment is of the zone that it names, else of theirs, never of ours by chance.

    Spark reads a zone only after the seconds.
    """
    is_day, has_zone = F.rlike(text, F.lit(DAY)), F.rlike(text, F.lit(ZONED))
    in_theirs = [F.concat(text, F.lit(end)) for end in (f" {theirs}", f":00 {theirs}", f":00:00 {theirs}")]
    moment = F.coalesce(*(written.try_cast("timestamp") for written in in_theirs))
    of_clock = moment if theirs != ours else text.try_cast("timestamp")
    dated = F.contains(text, F.lit("-"))  # a time of day alone would be one of today
    return F.when(is_day | has_zone, text.try_cast("timestamp")).when(dated, of_clock)


def _formatted(text: Column, pattern: str, theirs: str, ours: str) -> Column:
    letters = set(re.sub("'[^']*'", "", pattern))
    has_hour, has_zone = letters & set("HhKk"), letters & set("VzOXxZ")
    if theirs == ours or has_zone or not has_hour:
        return F.try_to_timestamp(text, F.lit(pattern))
    return F.try_to_timestamp(F.concat(text, F.lit(f" {theirs}")), F.lit(f"{pattern} VV"))
