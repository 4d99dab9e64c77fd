"""What a reader noted about rows counts as rules do, and a line that is cut breaks one rule, not all."""

import pytest

from expectations.gate import check
from expectations.notes import FILE, IS_CUT, IS_KNOWN, in_future, is_note, unreadable
from expectations.table import Column, Table

MAY_BE_SET_ASIDE = Table(
    name="lines",
    meaning="One row per line.",
    key=(),
    max_quarantine_share=1.0,
    columns=(
        Column("who", "text", "Who.", on_breach="quarantine"),
        Column("at", "timestamp", "When.", on_breach="quarantine"),
        Column("margin", "money", "What it earned.", nullable=True, is_required=False),
    ),
    further=(Column("attribute", "number", "Anything.", nullable=True),),
)
ONE_STOPS = Table(
    name="people",
    meaning="One row per person.",
    key=("who",),
    columns=(Column("who", "text", "Who."), Column("home", "text", "Where.", on_breach="quarantine")),
)


def noted(spark, rows, **notes):
    """Rows with notes beside them: a note's own name is said by its keyword."""
    frame = spark.createDataFrame(rows, f"who string, {', '.join(f'{name} boolean' for name in notes)}")
    names = {"known": IS_KNOWN, "cut": IS_CUT, "future": in_future("at"), "margin": unreadable("margin")}
    return frame.withColumnsRenamed({**names, "attribute": unreadable("age")})


def breaches(frame, table):
    return [(str(breach), breach.severity) for breach in check(frame, table).breaches]


def test_a_note_is_no_column_of_the_table():
    assert all(map(is_note, (IS_KNOWN, IS_CUT, FILE, in_future("at"), unreadable("margin"))))
    assert not is_note("customer_id")


def test_of_a_line_that_is_cut_only_that_is_said_and_it_is_no_key(spark):
    frame = noted(spark, [("ann", False), (None, True), (None, True)], cut=0).selectExpr("*", "who as home")
    assert breaches(frame, ONE_STOPS) == [
        ("a line: must have as many fields as the header (2 rows)", "stop"),
        ("rows to be set aside: must be at most 20% of all (2 rows)", "stop"),
    ]


def test_a_line_that_is_cut_is_set_aside_where_all_that_it_lacks_would_be(spark):
    frame = noted(spark, [("ann", False), (None, True)], cut=0).selectExpr("*", "current_timestamp() as at")
    assert breaches(frame, MAY_BE_SET_ASIDE) == [
        ("a line: must have as many fields as the header (1 row)", "quarantine")
    ]
    assert check(frame, MAY_BE_SET_ASIDE).quarantined == 1


def test_rows_that_are_not_known_yet_are_neither_counted_nor_judged(spark):
    frame = noted(spark, [("ann", True), (None, False), (None, False)], known=0)
    report = check(frame.selectExpr("*", "timestamp'2024-06-30' as at"), MAY_BE_SET_ASIDE)
    assert (report.rows, report.quarantined, report.breaches) == (1, 0, ())


def test_what_cannot_be_read_does_as_its_column_does_and_of_an_attribute_it_is_said(spark):
    frame = noted(spark, [("ann", True, True), ("bob", False, True)], margin=0, attribute=0)
    result = breaches(
        frame.selectExpr("*", "current_timestamp() as at", "1L as margin", "1.0D as age"), MAY_BE_SET_ASIDE
    )
    assert result == [
        ("margin: must be a readable money, or empty (1 row)", "stop"),
        ("age: must be a readable number, or empty (2 rows)", "warn"),
    ]


def test_stamps_of_the_future_are_said_of_rows_that_are_not_known_too(spark):
    frame = noted(spark, [("ann", True, False), ("bob", False, True)], known=0, future=0)
    result = breaches(frame.selectExpr("*", "current_timestamp() as at"), MAY_BE_SET_ASIDE)
    assert result == [("at: must not lie in the future (1 row)", "warn")]


@pytest.mark.parametrize(("text", "is_broken"), [("'Zürich'", 0), ("'Z\ufffdrich'", 1), ("cast(x'5afc' as string)", 1)])
def test_bytes_that_are_no_character_are_seen_however_they_were_read(spark, text, is_broken):
    table = Table("t", "Texts.", key=(), columns=(Column("x", "text", "A text."),))
    assert len(check(spark.range(1).selectExpr(f"{text} as x"), table).breaches) == is_broken


def test_the_newest_day_is_that_of_rows_that_are_known(spark):
    frame = noted(spark, [("ann", True), ("bob", False)], known=0)
    days = frame.selectExpr(
        "*", "current_timestamp() as at", "if(who = 'ann', date'2024-06-30', date'2024-07-01') as on"
    )
    table = Table(
        "t", "T.", key=(), columns=(*MAY_BE_SET_ASIDE.columns[:2], Column("on", "date", "Day.", is_required=False))
    )
    assert check(days, table, newest="on").newest.isoformat() == "2024-06-30"
