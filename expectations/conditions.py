"""The rules of one column as Spark conditions, each true for a row that breaks it and never null."""

from collections.abc import Callable
from datetime import date
from functools import reduce

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F

from expectations.table import Column

INFINITIES = (float("inf"), float("-inf"))
NO_CHARACTER = "\ufffd"
"""What stands in a text for bytes that are no character of its encoding."""


def broken_by(column: Column) -> dict[str, SparkColumn]:
    """What the rule says -> the condition that a row breaks it."""
    rules = {"must not be missing": _is_missing(column)} if not column.nullable else {}
    if column.type == "text":
        rules["must be UTF-8"] = ~F.is_valid_utf8(_cell(column)) | F.contains(_cell(column), F.lit(NO_CHARACTER))
    if column.type in ("number", "numbers"):
        rules["must be finite"] = _any_value(column, lambda value: F.isnan(value) | value.isin(*INFINITIES))
    if column.minimum is not None or column.maximum is not None:
        rules[range_in_words(column)] = _any_value(column, lambda value: _is_outside(column, value))
    if column.allowed is not None:
        allowed = column.allowed
        rules[allowed_in_words(column)] = _any_value(column, lambda value: ~value.isin(*allowed))
    return {words: F.coalesce(condition, F.lit(False)) for words, condition in rules.items()}


def range_in_words(column: Column) -> str:
    """The bounds of a column, as its rule says them."""
    if column.minimum is None:
        return f"must be at most {_written(column.maximum)}"
    if column.maximum is None:
        return f"must be at least {_written(column.minimum)}"
    return f"must lie in {_written(column.minimum)}..{_written(column.maximum)}"


def allowed_in_words(column: Column) -> str:
    """The values of a column, as its rule says them."""
    return f"must be one of {', '.join(column.allowed or ())}"


def _written(bound: float | date | None) -> str:
    return bound.isoformat() if isinstance(bound, date) else f"{bound:g}"


def _cell(column: Column) -> SparkColumn:
    return F.col(f"`{column.name}`")


def _is_missing(column: Column) -> SparkColumn:
    value = _cell(column)
    return value.isNull() | (F.trim(value) == "") if column.type == "text" else value.isNull()


def _any_value(column: Column, breaks: Callable[[SparkColumn], SparkColumn]) -> SparkColumn:
    """Whether the value breaks a rule; whether any does where a cell holds several."""
    cell = _cell(column)
    if column.type == "numbers":
        return F.exists(F.map_values(cell), breaks)
    return F.exists(cell, breaks) if column.type == "texts" else breaks(cell)


def _is_outside(column: Column, value: SparkColumn) -> SparkColumn:
    """Beyond a bound; NaN is beyond none of them, because another rule names it."""
    sides = []
    if column.minimum is not None:
        sides.append(value < F.lit(column.minimum))
    if column.maximum is not None:
        sides.append(value > F.lit(column.maximum))
    outside = reduce(lambda one, other: one | other, sides)
    return outside & ~F.isnan(value) if column.type in ("number", "numbers") else outside
