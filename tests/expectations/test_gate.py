from datetime import date, datetime

import pytest
from pyspark.sql import types as T

from expectations.figures import Rule
from expectations.gate import GateFailed, check, rows_to_quarantine
from expectations.table import Column, Table

INFINITY, NAN = float("inf"), float("nan")
SCORES = Table(
    name="scores",
    meaning="One row per customer and offer.",
    key=("customer_id", "offer_id"),
    columns=(
        Column("customer_id", "text", "Who."),
        Column("offer_id", "text", "What."),
        Column("propensity", "number", "How likely.", nullable=True, minimum=0, maximum=1),
    ),
)
GOOD = [("ann", "card", 0.5), ("ann", "loan", None), ("bob", "card", 1.0)]


def scores(spark, rows):
    return spark.createDataFrame(rows, T.StructType.fromJson(nullable(SCORES)))


def nullable(table):
    """The table's schema, with null allowed everywhere: what is wrong must be able to exist."""
    schema = table.schema().jsonValue()
    return {**schema, "fields": [{**field, "nullable": True} for field in schema["fields"]]}


def one_column(column, further=()):
    return Table("things", "One row per thing.", key=(), columns=(column,), further=further)


def broken(spark, table, rows):
    report = check(spark.createDataFrame(rows, T.StructType.fromJson(nullable(table))), table)
    return [(rule.subject, rule.words, rule.figure) for rule in report.breaches]


def test_a_table_that_keeps_its_contract_passes(spark):
    report = check(scores(spark, GOOD), SCORES)
    assert (report.rows, report.quarantined, report.breaches) == (3, 0, ())
    report.raise_if_stopped()


def test_the_error_says_what_where_how_many_and_what_to_do_and_no_value(spark):
    report = check(scores(spark, [("bob", "card", 0.1), ("bob", "card", 0.2), ("zoe", "loan", 1.2)]), SCORES)
    with pytest.raises(GateFailed) as caught:
        report.raise_if_stopped()
    assert str(caught.value) == (
        "table 'scores' breaks 2 rules of its contract; nothing was written:\n"
        "  propensity: must lie in 0..1 (1 row)\n"
        "  customer_id, offer_id: must be unique (2 rows)\n"
        "docs/tables.md says what 'scores' must be; correct the data at their source, or sources.yaml."
    )


def test_an_empty_table_fails_unless_it_may_be_empty(spark):
    assert broken(spark, SCORES, []) == [("the table", "must have at least 1", 0)]
    assert broken(spark, Table("t", "Rows.", key=(), columns=SCORES.columns, min_rows=0), []) == []


@pytest.mark.parametrize(
    ("column", "values", "words", "count"),
    [
        (Column("x", "text", "A text."), ["a", None, "", "  "], "must not be missing", 3),
        (Column("x", "number", "A number."), [1.0, None], "must not be missing", 1),
        (Column("x", "number", "A number."), [1.0, NAN, INFINITY, -INFINITY], "must be finite", 3),
        (Column("x", "number", "A number.", nullable=True), [None, NAN], "must be finite", 1),
        (Column("x", "number", "A share.", minimum=0, maximum=1), [0.0, 1.0, -0.1, 1.1], "must lie in 0..1", 2),
        (Column("x", "money", "A cost.", minimum=0), [0, 5, -1], "must be at least 0", 1),
        (Column("x", "integer", "A count.", maximum=3), [3, 4], "must be at most 3", 1),
        (
            Column("x", "date", "A day.", minimum=date(1970, 1, 2)),
            [date(1970, 1, 2), date(1970, 1, 1)],
            "must be at least 1970-01-02",
            1,
        ),
        (
            Column("x", "timestamp", "A time.", minimum=date(1970, 1, 2)),
            [datetime(2017, 1, 1), datetime(1900, 1, 1)],  # noqa: DTZ001 - the session's zone is UTC
            "must be at least 1970-01-02",
            1,
        ),
        (Column("x", "text", "A word.", allowed=("a", "b")), ["a", "b", "c"], "must be one of a, b", 1),
        (Column("x", "text", "A word.", nullable=True, allowed=("a",)), ["a", None], None, 0),
        (Column("x", "texts", "Words.", allowed=("a", "b")), [["a"], ["a", "c"], []], "must be one of a, b", 1),
        (
            Column("x", "numbers", "Shares.", minimum=0, maximum=1),
            [{"a": 0.5}, {"a": 0.5, "b": 1.5}, {}],
            "must lie in 0..1",
            1,
        ),
        (Column("x", "numbers", "Shares.", minimum=0, maximum=1), [{"a": 0.5}, {"b": NAN}], "must be finite", 1),
    ],
)
def test_each_rule_counts_the_rows_that_break_it(spark, column, values, words, count):
    wanted = [("x", words, count)] if words else []
    assert broken(spark, one_column(column), [(value,) for value in values]) == wanted


def test_nan_breaks_one_rule_and_not_two(spark):
    column = Column("x", "number", "A share.", minimum=0, maximum=1)
    assert broken(spark, one_column(column), [(NAN,), (0.5,)]) == [("x", "must be finite", 1)]


def test_a_missing_column_and_a_wrong_type_stop_before_anything_is_counted(spark):
    frame = spark.createDataFrame([("ann", 1)], "customer_id string, propensity int")
    report = check(frame, SCORES)
    assert [str(rule) for rule in report.breaches] == [
        "offer_id: must be a column of the table",
        "propensity: must be number, not int",
    ]
    assert report.rows == 0
    assert len(report.of_severity("stop")) == 2


def test_a_column_that_may_be_absent_is_judged_only_where_it_is(spark):
    table = Table(
        name="things",
        meaning="One row per thing.",
        key=(),
        columns=(
            Column("x", "text", "A text."),
            Column("y", "money", "A margin.", nullable=True, is_required=False, minimum=0),
        ),
    )
    assert check(spark.createDataFrame([("a",)], "x string"), table).breaches == ()
    assert broken(spark, table, [("a", -1), ("a", None)]) == [("y", "must be at least 0", 1)]


def test_an_undeclared_column_is_refused_unless_further_ones_may_be_there(spark):
    frame = spark.createDataFrame([("a", 0.5, {"food": 1.5})], "x string, one double, other map<string,double>")
    strict = one_column(Column("x", "text", "A text."))
    assert [rule.subject for rule in check(frame, strict).breaches] == ["one", "other"]
    shares = tuple(Column("share", kind, "A share.", minimum=0, maximum=1) for kind in ("number", "numbers"))
    open_table = one_column(Column("x", "text", "A text."), further=shares)
    assert [str(rule) for rule in check(frame, open_table).breaches] == ["other: must lie in 0..1 (1 row)"]


def test_a_further_column_of_another_type_is_refused(spark):
    table = one_column(Column("x", "text", "A text."), further=(Column("score", "number", "A score."),))
    report = check(spark.createDataFrame([("a", 1)], "x string, score int"), table)
    assert [str(rule) for rule in report.breaches] == ["score: must be number, not int"]


def test_a_further_column_may_have_a_dot_in_its_name(spark):
    table = one_column(Column("x", "text", "A text."), further=(Column("score", "number", "A score.", maximum=1),))
    report = check(spark.createDataFrame([("a", 2.0)], "x string, `a.b` double"), table)
    assert [str(rule) for rule in report.breaches] == ["a.b: must be at most 1 (1 row)"]


def test_rows_are_set_aside_counted_and_left_out(spark):
    table = one_column(Column("x", "money", "An amount.", on_breach="quarantine", minimum=0))
    frame = spark.createDataFrame([(1,), (2,), (3,), (4,), (None,)], "x bigint")
    report = check(frame, table)
    report.raise_if_stopped()
    assert report.quarantined == 1
    assert [str(rule) for rule in report.quarantines] == ["x: must not be missing (1 row)"]
    assert frame.where(~rows_to_quarantine(table)).count() == 4


def test_too_many_rows_to_set_aside_stop_the_night(spark):
    table = one_column(Column("x", "money", "An amount.", on_breach="quarantine"))
    report = check(spark.createDataFrame([(1,), (2,), (None,), (None,)], "x bigint"), table)
    assert [str(rule) for rule in report.of_severity("stop")] == [
        "rows to be set aside: must be at most 20% of all (2 rows)"
    ]


def test_a_table_without_such_rules_sets_nothing_aside(spark):
    assert scores(spark, GOOD).where(rows_to_quarantine(SCORES)).count() == 0


def test_a_warning_is_said_and_stops_nothing(spark):
    column = Column("x", "text", "An arm.", allowed=("treatment", "control"), on_breach="warn")
    report = check(spark.createDataFrame([("both",), ("control",)], "x string"), one_column(column))
    report.raise_if_stopped()
    assert report.warnings == (Rule("x", "must be one of treatment, control", "warn", 1),)
