"""A frame -> the figures that its table's rules are judged by, counted in one pass."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from expectations.conditions import broken_by
from expectations.table import Column, Severity, Table
from expectations.types import WORDS, is_of_type


@dataclass(frozen=True)
class Rule:
    """One rule of a table, and the figure that it is judged by.

    Attributes:
        subject: the column or columns it is about, or what was counted.
        words: what it asks, after the subject: `must be unique`.
        figure: rows that break it, or the rows themselves where it bounds them.
        minimum, maximum: what the figure may be, ends included.
        is_about_rows: whether the figure counts rows.
    """

    subject: str
    words: str
    severity: Severity
    figure: int
    minimum: int | None = None
    maximum: int | None = 0
    is_about_rows: bool = True

    @property
    def name(self) -> str:
        """The rule in words."""
        return f"{self.subject} {self.words}"

    def __str__(self) -> str:
        if not self.is_about_rows:
            return f"{self.subject}: {self.words}"
        return f"{self.subject}: {self.words} ({self.figure:,} {'row' if self.figure == 1 else 'rows'})"


@dataclass(frozen=True)
class Counts:
    """What a table's rows come to: how many, how many to be set aside, and the rules on what they hold."""

    rows: int
    quarantined: int
    rules: tuple[Rule, ...]


def rows_to_quarantine(table: Table) -> SparkColumn:
    """The condition that a row of the table is to be set aside; never null."""
    conditions = [
        condition
        for column in table.columns
        if column.on_breach == "quarantine"
        for condition in broken_by(column).values()
    ]
    return reduce(lambda one, other: one | other, conditions, F.lit(False))


def structure_rules(frame: DataFrame, table: Table) -> tuple[Rule, ...]:
    """The rules on which columns there are and of which type; the figure is 1 where the column breaks it."""
    found = {field.name: field.dataType for field in frame.schema}
    declared = {column.name: column for column in table.columns}
    lacking = [column.name for column in table.columns if column.is_required or column.name in found]
    rules = [_structure(name, "must be a column of the table", name in found) for name in lacking]
    for name, spark_type in found.items():
        kinds = (declared[name],) if name in declared else table.further
        words = " or ".join(WORDS[kind.type] for kind in kinds)
        fits = any(is_of_type(spark_type, kind.type) for kind in kinds)
        asked = f"must be {words}, not {spark_type.simpleString()}" if words else "is not a column of the table"
        rules.append(_structure(name, asked, fits))
    return tuple(rules)


def content_counts(frame: DataFrame, table: Table) -> Counts:
    """Counts everything in one aggregation; a second one finds the keys that occur twice."""
    asked = [(one, words, broken) for one in _present(frame, table) for words, broken in broken_by(one).items()]
    totals = [F.count(F.lit(1)), F.count_if(rows_to_quarantine(table))]
    rows, quarantined, *counts = _only_row(frame.agg(*totals, *[F.count_if(broken) for _, _, broken in asked]))
    rules = [Rule(one.name, words, one.on_breach, n) for (one, words, _), n in zip(asked, counts, strict=True)]
    if table.key:
        shared = _rows_that_share(frame, table.key)
        rules.append(Rule(", ".join(table.key), "must be unique", table.on_duplicate, shared))
    most = int(rows * table.max_quarantine_share)
    share = f"must be at most {table.max_quarantine_share:.0%} of all"
    least = f"must have at least {table.min_rows:,}"
    rules.append(Rule("the table", least, "stop", rows, minimum=table.min_rows, maximum=None))
    rules.append(Rule("rows to be set aside", share, "stop", quarantined, maximum=most))
    return Counts(rows, quarantined, tuple(rules))


def _structure(name: str, words: str, is_kept: bool) -> Rule:
    return Rule(name, words, "stop", int(not is_kept), is_about_rows=False)


def _present(frame: DataFrame, table: Table) -> Iterator[Column]:
    """The declared columns that the frame has, then its further ones, each with the rules of its type."""
    declared = {column.name: column for column in table.columns}
    yield from (column for name, column in declared.items() if name in frame.columns)
    for field in frame.schema:
        if field.name not in declared:
            kind = next(kind for kind in table.further if is_of_type(field.dataType, kind.type))
            yield replace(kind, name=field.name)


def _rows_that_share(frame: DataFrame, key: tuple[str, ...]) -> int:
    """How many rows have a key that another row has too."""
    sizes = frame.groupBy(*key).agg(F.count(F.lit(1)).alias("size"))
    shared = F.coalesce(F.sum(F.when(F.col("size") > 1, F.col("size"))), F.lit(0))
    return int(_only_row(sizes.agg(shared))[0])


def _only_row(frame: DataFrame) -> Row:
    return frame.collect()[0]
