"""The rules that single rows of a table can break, with the condition that one does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.notes import IS_CUT, IS_KNOWN, in_future, is_note, unreadable
from expectations.table import Column, Severity, Table
from expectations.types import WORDS, is_of_type

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
    outside = reduce(lambda condition, other: condition | other, sides)
    return outside & ~F.isnan(value) if column.type in ("number", "numbers") else outside


@dataclass(frozen=True)
class RowRule:
    """What is asked of every row.

    Attributes:
        subject: the column it is about.
        words: what it asks, after the subject.
        is_broken: true for a row that breaks it; never null.
    """

    subject: str
    words: str
    severity: Severity
    is_broken: SparkColumn

    @property
    def name(self) -> str:
        """The rule in words."""
        return f"{self.subject} {self.words}"


def row_rules(frame: DataFrame, table: Table) -> list[RowRule]:
    """The rules of the columns that the frame has, and of what its reader noted.

    Of a line with too few or too many fields only that is said: its columns, which are read as null, are not judged.
    """
    is_judged = is_counted(frame) & ~_note(frame, IS_CUT)
    rules = [RowRule("a line", "must have as many fields as the header", _of_a_line(table), _note(frame, IS_CUT))]
    for column in _present(frame, table):
        is_readable = is_judged & ~_note(frame, unreadable(column.name))  # what cannot be read is not missing
        rules += [
            RowRule(column.name, words, column.on_breach, is_readable & condition)
            for words, condition in broken_by(column).items()
        ]
        rules += _noted(frame, table, column, is_judged)
    return rules if IS_CUT in frame.columns else rules[1:]


def is_counted(frame: DataFrame) -> SparkColumn:
    """The condition that a row of the frame is one of the table: of a source, those of before the decision date."""
    return F.col(IS_KNOWN) if IS_KNOWN in frame.columns else F.lit(True)


def has_a_key(frame: DataFrame) -> SparkColumn:
    """The condition that a row counts when it is asked whether keys are unique."""
    return is_counted(frame) & ~_note(frame, IS_CUT)


def _note(frame: DataFrame, note: str) -> SparkColumn:
    return F.col(note) if note in frame.columns else F.lit(False)


def _of_a_line(table: Table) -> Severity:
    """A line that cannot be read is set aside where every column that it lacks would be."""
    needed = [column for column in table.columns if column.is_required and not column.nullable]
    return "quarantine" if all(column.on_breach == "quarantine" for column in needed) else "stop"


def _noted(frame: DataFrame, table: Table, column: Column, is_judged: SparkColumn) -> Iterator[RowRule]:
    if unreadable(column.name) in frame.columns:
        severity: Severity = column.on_breach if column in table.columns else "warn"
        how = ", written as date_format in sources.yaml says" if column.type == "timestamp" else ""
        words = f"must be a readable {WORDS[column.type].split(' (')[0]}{', or empty' if column.nullable else ''}{how}"
        yield RowRule(column.name, words, severity, is_judged & F.col(unreadable(column.name)))
    if in_future(column.name) in frame.columns:
        yield RowRule(column.name, "must not lie in the future", "warn", F.col(in_future(column.name)))


def _present(frame: DataFrame, table: Table) -> Iterator[Column]:
    """The declared columns that the frame has, then its further ones, each with the rules of its type."""
    declared = {column.name: column for column in table.columns}
    yield from (column for name, column in declared.items() if name in frame.columns)
    for field in frame.schema:
        if field.name not in declared and not is_note(field.name):
            kind = next(kind for kind in table.further if is_of_type(field.dataType, kind.type))
            yield replace(kind, name=field.name)
