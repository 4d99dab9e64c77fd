"""Spark and the auditor say the same of whatever history, and neither can be wrong alone."""

import json
import os
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

import expectations.audit.features as auditor
import models.feature_aggregates as spark_interpreter
import models.feature_table
from expectations.audit.person import DatedRows, Person
from models.features.declaration import as_json
from models.windowed import Rows
from tests.models.features.drawn_histories import histories, some_histories
from tests.models.features.further_features import FURTHER
from tests.models.features.worked_rows import AS_OF, EVERY, by_spark, differences, in_spark

FEATURES = (*EVERY, *FURTHER)
DECLARATIONS = json.loads(as_json(FEATURES))
FEW = [
    feature for feature in FEATURES if feature in FURTHER or feature.name in ("spend_30d", "category_active_days_90d")
]
"""Enough to find a fault in Spark: each feature more costs it time."""
EARLIER = AS_OF - timedelta(days=45)


@pytest.fixture(scope="module")
def built(spark):
    return by_spark(in_spark(spark, some_histories()), AS_OF, EARLIER, features=FEATURES)


@settings(max_examples=30 if os.environ.get("ONEOFFER_TIER") == "full" else 3)
@given(drawn=st.lists(histories, min_size=1, max_size=30))
def test_they_agree_on_drawn_histories(spark, drawn):
    people = {f"customer {number}": history for number, history in enumerate(drawn)}
    rows = by_spark(in_spark(spark, people), AS_OF, features=FEATURES)
    assert len(rows) == len(people)
    assert differences(rows, people, DECLARATIONS) == set()


def test_they_agree_on_two_dates(built):
    assert differences(built, some_histories(), DECLARATIONS) == set()


def over_any(above, below):
    return Fraction(above or 0) / below if below else None


RESULT = DatedRows.result


def once_for_all_windows(rows, name, primitive, column, first):
    """A memory that forgets which window it was asked for."""
    key = (name, column, -1)
    rows._results[key] = rows._results.get(key, RESULT(rows, name, primitive, column, first))
    return rows._results[key]


PLANTED_IN_THE_AUDITOR = {
    "rows are counted twice": (auditor.PRIMITIVES, "count", lambda cells: 2 * len(cells)),
    "the last row is not summed": (auditor.PRIMITIVES, "sum", lambda cells: sum(cells[:-1]) if cells else None),
    "nothing sums to 0": (auditor.PRIMITIVES, "sum", sum),
    "the highest is the last": (auditor.PRIMITIVES, "max", lambda cells: cells[-1] if cells else None),
    "what is there twice is two": (auditor.PRIMITIVES, "distinct", len),
    "the first is the last": (auditor.DAYS_SINCE, "first", max),
    "the last is the first": (auditor.DAYS_SINCE, "last", min),
    "a missing numerator is 0": (auditor, "_over", over_any),
    "a week begins on Sunday": (DatedRows, "_column", lambda rows, name, column=DatedRows._column: (
        ([day.isoweekday() % 7 + 1 for day in rows.days], False) if name == "weekday" else column(rows, name)
    )),
    "windows are a day short": (Person, "first_within", lambda person, rows, days, within=Person.first_within: (
        within(person, rows, days and days - 1)
    )),
    "a category is everything": (Person, "rows", lambda person, history, category=None, rows=Person.rows: (
        rows(person, history)
    )),
    "a condition is passed over": (DatedRows, "where", lambda rows, column, values: rows),
    "what was worked out of one window stands for all": (DatedRows, "result", once_for_all_windows),
}  # fmt: skip


def plant(monkeypatch, place, name, fault):
    (monkeypatch.setitem if isinstance(place, dict) else monkeypatch.setattr)(place, name, fault)


@pytest.mark.parametrize("planted", PLANTED_IN_THE_AUDITOR.values(), ids=PLANTED_IN_THE_AUDITOR)
def test_a_fault_in_the_auditor_is_found(planted, built, monkeypatch):
    plant(monkeypatch, *planted)
    assert differences(built, some_histories(), DECLARATIONS) != set()


def from_monday_0(rows):
    return F.weekday(getattr(rows, rows.history.day))


def a_day_short(rows, column):
    return F.when(F.col("days_ago") < rows.window_days, F.col(column)) if rows.window_days else F.col(column)


PLANTED_IN_SPARK = {
    "windows are a day short": (Rows, "__getattr__", a_day_short),
    "conditions are passed over": (spark_interpreter, "_is_one_of", lambda *_: F.lit(True)),
    "a week begins on Tuesday": (spark_interpreter, "_weekday", from_monday_0),
    "a ratio is upside down": (spark_interpreter, "ratio", lambda above, below: F.try_divide(below, above)),
    "a share is no share": (models.feature_table, "_across", lambda value, _: value),
    "micros are currency": (models.feature_table, "MICROS", 1),
    "days are rows": (Rows, "different_days", lambda rows: F.count(rows.happened_on)),
}  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED_IN_SPARK.values(), ids=PLANTED_IN_SPARK)
def test_a_fault_in_spark_is_found(planted, spark, monkeypatch):
    plant(monkeypatch, *planted)
    rows = by_spark(in_spark(spark, some_histories()), AS_OF, features=FEW)
    assert differences(rows, some_histories(), json.loads(as_json(FEW))) != set()
