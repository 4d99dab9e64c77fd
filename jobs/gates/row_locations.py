"""Locations (file and row) of rows that break a rule; computed only when some do, as it reads the table again."""

from collections.abc import Collection, Sequence
from pathlib import Path

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.figures import UNIQUE
from expectations.notes import BLOCK, FILE, LINE
from expectations.row_rules import RowRule, has_a_key, row_rules
from expectations.table import Table
from jobs.sources.paths import unescaped

FIRST = 5
"""How many locations a message lists; the table `quarantine` lists every row that is set aside."""


def rules_on_rows(placed: DataFrame, table: Table, rule_names: Collection[str]) -> tuple[DataFrame, list[RowRule]]:
    """The frame, and the rules of these names on its rows; that of the key asks whether another row has the same."""
    rules = [rule for rule in row_rules(placed, table) if rule.name in rule_names]
    key = ", ".join(table.key)
    if f"{key} {UNIQUE}" not in rule_names:
        return placed, rules
    is_asked = has_a_key(placed)
    names = {column: f"{column} of rows with the same" for column in table.key}
    shared = placed.where(is_asked).groupBy(*[F.col(column).alias(name) for column, name in names.items()])
    twice = shared.agg((F.count(F.lit(1)) > 1).alias(UNIQUE)).where(F.col(UNIQUE))
    is_same = [F.col(column).eqNullSafe(F.col(name)) for column, name in names.items()]
    joined = placed.join(twice, is_same, "left").drop(*names.values())
    is_broken = is_asked & F.coalesce(F.col(UNIQUE), F.lit(False))
    return joined, [*rules, RowRule(key, UNIQUE, table.on_duplicate, is_broken)]


def broken_rows(placed: DataFrame, rules: Sequence[RowRule], folder: Path) -> DataFrame:
    """file, row, rule of every row that breaks one.

    Rows count from 1, after the header; blank lines are none. One aggregation numbers the rows of each block of a file
    and keeps those that break a rule, so that both come from one reading of the files; before a block lie the rows of
    the file's earlier blocks.

    Args:
        placed: rows with their locations, as `SourceReader.read_noted` gives them.
        folder: from which files are named.
    """
    broken = F.filter(F.array(*[F.when(rule.is_broken, F.lit(n)) for n, rule in enumerate(rules)]), F.isnotnull)
    located = placed.select(FILE, BLOCK, LINE, broken.alias("rules"))
    kept = F.when(F.size("rules") > 0, F.struct(F.col(LINE).alias("line"), F.col("rules")))
    blocks = located.groupBy(FILE, BLOCK).agg(
        F.min(LINE).alias("first"), F.count(F.lit(1)).alias("rows"), F.collect_list(kept).alias("broken")
    )
    earlier = Window.partitionBy(FILE).orderBy(BLOCK).rowsBetween(Window.unboundedPreceding, -1)
    before = F.coalesce(F.sum("rows").over(earlier), F.lit(0))
    rows = blocks.withColumn("before", before).select("*", F.explode("broken").alias("broken_row"))
    each = rows.select("*", F.explode("broken_row.rules").alias("rule"))
    names = F.array(*[F.lit(rule.name) for rule in rules])
    return each.select(
        _file_name(folder).alias("file"),
        (F.col("before") + F.col("broken_row.line") - F.col("first") + 1).alias("row"),
        F.get(names, F.col("rule")).alias("rule"),
    )


def first_locations(rows: DataFrame) -> dict[str, str]:
    """Name of a rule -> the first locations where it is broken: `a.csv rows 3, 17; b.csv row 2`."""
    by_location = Window.partitionBy("rule").orderBy("file", "row")
    ranked = rows.withColumn("rank", F.row_number().over(by_location)).where(F.col("rank") <= FIRST + 1)
    by_rule: dict[str, list[tuple[str, int]]] = {}
    for row in ranked.orderBy("rule", "rank").collect():
        by_rule.setdefault(row["rule"], []).append((row["file"], row["row"]))
    return {rule: _in_words(locations) for rule, locations in by_rule.items()}


def _file_name(folder: Path) -> Column:
    """The file as seen from the folder; Spark writes its path with escapes, all but the plus sign."""
    return F.regexp_replace(unescaped(F.col(FILE)), rf"^file:/*\Q{str(folder).strip('/')}\E/", "")


def _in_words(locations: list[tuple[str, int]]) -> str:
    by_file: dict[str, list[str]] = {}
    for file, row in locations[:FIRST]:
        by_file.setdefault(file, []).append(str(row))
    text = "; ".join(f"{file} row{'s'[: len(rows) > 1]} {', '.join(rows)}" for file, rows in by_file.items())
    return text + ", …" * (len(locations) > FIRST)
