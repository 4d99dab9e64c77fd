"""The rules that single rows of a table can break, with the condition that one does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conditions import broken_by
from expectations.notes import IS_CUT, IS_KNOWN, in_future, is_note, unreadable
from expectations.table import Column, Severity, Table
from expectations.types import WORDS, is_of_type


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
        conditions = broken_by(column)
        rules += [RowRule(column.name, words, column.on_breach, is_judged & one) for words, one in conditions.items()]
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
        words = f"must be a readable {WORDS[column.type].split(' (')[0]}, or empty"
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
