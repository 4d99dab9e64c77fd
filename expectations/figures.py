"""A frame -> the figures that its table's rules are judged by, counted in one pass."""

from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from expectations.notes import is_note
from expectations.row_rules import broken_by, has_a_key, is_counted, row_rules
from expectations.table import Severity, Table
from expectations.types import WORDS, is_of_type

UNIQUE = "must be unique"
SET_ASIDE = "rows to be set aside"


@dataclass(frozen=True)
class Rule:
    """One rule of a table, and the figure that it is judged by.

    Attributes:
        subject: the column or columns it is about, or what was counted.
        words: what it asks, after the subject: `must be unique`.
        figure: rows that break it, or the rows themselves where it bounds them.
        minimum, maximum: what the figure may be, ends included.
        is_about_rows: whether the figure counts rows.
        locations: file and numbers of the first of those rows, as text; blank if they were not looked up.
    """

    subject: str
    words: str
    severity: Severity
    figure: int
    minimum: int | None = None
    maximum: int | None = 0
    is_about_rows: bool = True
    locations: str = ""

    @property
    def name(self) -> str:
        """The rule in words."""
        return f"{self.subject} {self.words}"

    def __str__(self) -> str:
        if not self.is_about_rows:
            return f"{self.subject}: {self.words}"
        rows = f"{self.figure:,} {'row' if self.figure == 1 else 'rows'}"
        return f"{self.subject}: {self.words} ({rows}{self.locations and ': '}{self.locations})"


@dataclass(frozen=True)
class Counts:
    """What a table's rows come to: how many, how many to be set aside, the newest day, the rules on what they hold."""

    rows: int
    quarantined: int
    newest: date | None
    rules: tuple[Rule, ...]


def rows_to_quarantine(table: Table) -> SparkColumn:
    """The condition that a row of the table is to be set aside; never null."""
    conditions = [
        condition
        for column in table.columns
        if column.on_breach == "quarantine"
        for condition in broken_by(column).values()
    ]
    return reduce(lambda condition, other: condition | other, conditions, F.lit(False))


def structure_rules(frame: DataFrame, table: Table) -> tuple[Rule, ...]:
    """The rules on which columns there are and of which type; the figure is 1 where the column breaks it."""
    types = {field.name: field.dataType for field in frame.schema if not is_note(field.name)}
    declared = {column.name: column for column in table.columns}
    lacking = [column.name for column in table.columns if column.is_required or column.name in types]
    rules = [_structure(name, "must be a column of the table", name in types) for name in lacking]
    for name, spark_type in types.items():
        kinds = (declared[name],) if name in declared else table.further
        words = " or ".join(WORDS[kind.type] for kind in kinds)
        fits = any(is_of_type(spark_type, kind.type) for kind in kinds)
        asked = f"must be {words}, not {spark_type.simpleString()}" if words else "is not a column of the table"
        rules.append(_structure(name, asked, fits))
    return tuple(rules)


def content_counts(frame: DataFrame, table: Table, newest: str | None = None) -> Counts:
    """Counts everything in one aggregation; a second one finds the keys that occur twice.

    Args:
        newest: a column of days, of which the latest is wanted.
    """
    asked = row_rules(frame, table)
    counted = is_counted(frame)
    day = F.max(F.when(counted, F.col(newest))) if newest else F.lit(None)
    totals = [F.count_if(counted), F.count_if(counted & rows_to_quarantine(table)), day]
    rows, quarantined, latest, *counts = _only_row(frame.agg(*totals, *[F.count_if(rule.is_broken) for rule in asked]))
    rules = [Rule(rule.subject, rule.words, rule.severity, n) for rule, n in zip(asked, counts, strict=True)]
    if table.key:
        shared = _rows_that_share(frame.where(has_a_key(frame)), table.key)
        rules.append(Rule(", ".join(table.key), UNIQUE, table.on_duplicate, shared))
    most = int(rows * table.max_quarantine_share)
    share = f"must be at most {table.max_quarantine_share:.0%} of all"
    least = f"must have at least {table.min_rows:,}"
    rules.append(Rule("the table", least, "stop", rows, minimum=table.min_rows, maximum=None))
    rules.append(Rule(SET_ASIDE, share, "stop", quarantined, maximum=most))
    return Counts(rows, quarantined, latest, tuple(rules))


def _structure(name: str, words: str, is_kept: bool) -> Rule:
    return Rule(name, words, "stop", int(not is_kept), is_about_rows=False)


def _rows_that_share(frame: DataFrame, key: tuple[str, ...]) -> int:
    """How many rows have a key that another row has too."""
    sizes = frame.groupBy(*key).agg(F.count(F.lit(1)).alias("size"))
    shared = F.coalesce(F.sum(F.when(F.col("size") > 1, F.col("size"))), F.lit(0))
    return int(_only_row(sizes.agg(shared))[0])


def _only_row(frame: DataFrame) -> Row:
    return frame.collect()[0]
