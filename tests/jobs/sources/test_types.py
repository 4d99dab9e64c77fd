"""How a cell of theirs becomes one of ours, in New York, where clocks go forward on 10 March and back on 3 November."""

import pytest
from pyspark.sql import functions as F

from conf.sources import Source
from jobs.sources.types import SourceColumn, is_unreadable, typed

NEW_YORK = "America/New_York"


@pytest.fixture
def read(spark, zone):
    """The values of one column as the wanted type, read in New York."""
    zone(NEW_YORK)

    def convert(cells, kind, wanted, **source):
        column = typed(SourceColumn(F.col("x"), kind), wanted, Source(path="p", columns={"x": "x"}, **source), NEW_YORK)
        shown = F.date_format(column, "yyyy-MM-dd HH:mm XXX") if wanted == "timestamp" else column
        frame = spark.createDataFrame([(cell,) for cell in cells], "x string").select(F.col("x").cast(kind))
        return [row[0] for row in frame.select(shown).collect()]

    return convert


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("double", ["19.99", "0.1", "-2.5", "0.0000005", "0.0000015", "NaN", "Infinity", "1e300"],
         [19_990_000, 100_000, -2_500_000, 0, 2, None, None, None]),
        ("float", ["12345.67", "0.1", "NaN"], [12_345_670_000, 100_000, None]),
        ("bigint", ["3", "-2", "9223372036854775807"], [3_000_000, -2_000_000, None]),
        ("int", ["3"], [3_000_000]),
        ("decimal(10,2)", ["19.99", "-0.01"], [19_990_000, -10_000]),
        ("decimal(38,10)", ["0.0000014", "9999999999999999999"], [1, None]),
        ("string", ["19.99", " 5 ", "1e3", "1,5", "NaN", "", None],
         [19_990_000, 5_000_000, 1_000_000_000, None, None, None, None]),
    ],
)  # fmt: skip
def test_amounts_of_every_kind_become_exact_millionths_or_null(read, kind, cells, expected):
    assert read(cells, kind, "money") == expected


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("bigint", ["7", "9007199254740993"], ["7", "9007199254740993"]),
        ("double", ["7", "123456789", "1.5", "NaN"], ["7", "123456789", "1.5", None]),  # as pandas stores ids with gaps
        ("decimal(38,10)", ["7"], ["7"]),
        ("string", ["007", " a", "7.0"], ["007", " a", "7.0"]),
    ],
)
def test_ids_stay_what_they_are_and_whole_numbers_get_no_point(read, kind, cells, expected):
    assert read(cells, kind, "text") == expected


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("string", ["true", "No", "0", "y", "perhaps", None], [True, False, False, True, None, None]),
        ("boolean", ["true", None], [True, None]),
        ("double", ["1", "0", "NaN", "0.5"], [True, False, None, None]),
        ("int", ["1", "0", "-1", "9"], [True, False, None, None]),
    ],
)
def test_what_is_no_answer_is_never_read_as_yes(read, kind, cells, expected):
    assert read(cells, kind, "boolean") == expected


def test_a_number_that_is_not_known_is_null(read):
    assert read(["1.5", "NaN", "x", "-3"], "string", "number") == [1.5, None, None, -3.0]


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("string", ["1.5", "", " ", "NULL", "n/a", "NaN", r"\N", None], []),
        ("string", ["Infinity", "-inf", "1,5", "ten"], ["Infinity", "-inf", "1,5", "ten"]),
        ("double", ["NaN", "Infinity", "1e300", None], ["Infinity", "1.0E300"]),
    ],
)
def test_what_stands_in_a_cell_and_is_no_amount_is_noted_and_what_stands_for_nothing_is_not(
    spark, kind, cells, expected
):
    column = SourceColumn(F.col("x"), kind)
    value = typed(column, "money", Source(path="p", columns={"x": "x"}), "UTC")
    frame = spark.createDataFrame([(cell,) for cell in cells], "x string").select(F.col("x").cast(kind))
    assert [
        row[0] for row in frame.where(is_unreadable(column, value)).select(F.col("x").cast("string")).collect()
    ] == expected


@pytest.mark.parametrize(
    ("text", "time_zone", "expected"),
    [
        ("2024-06-29 20:00:00", None, "2024-06-29 20:00 -04:00"),
        ("2024-06-29T20:00:00Z", None, "2024-06-29 16:00 -04:00"),
        ("2024-06-30 01:30:00", "UTC", "2024-06-29 21:30 -04:00"),
        ("2024-06-30 01:30", "UTC", "2024-06-29 21:30 -04:00"),
        ("2024-06-30 01:30:00+02:00", "UTC", "2024-06-29 19:30 -04:00"),  # names its own zone
        ("2024-06-29T20:00:00Z", "Europe/Zurich", "2024-06-29 16:00 -04:00"),
        ("2024-03-10 02:30:00", "UTC", "2024-03-09 21:30 -05:00"),  # an hour that New York's clocks skip
        ("2024-03-10 07:30:00", "UTC", "2024-03-10 03:30 -04:00"),
        ("2024-11-03 05:30:00", "UTC", "2024-11-03 01:30 -04:00"),  # the hour that comes twice, first
        ("2024-11-03 06:30:00", "UTC", "2024-11-03 01:30 -05:00"),  # and second
        ("2024-06-29", None, "2024-06-29 00:00 -04:00"),
        ("2024-06-29", "UTC", "2024-06-29 00:00 -04:00"),  # a bare day is the same day everywhere
        ("20240629", None, None),
        ("20:00:00", None, None),  # Spark alone would say: today
        ("soon", "UTC", None),
    ],
)
def test_a_written_stamp_is_an_instant_of_the_zone_that_it_or_its_source_names(read, text, time_zone, expected):
    assert read([text], "string", "timestamp", time_zone=time_zone) == [expected]


@pytest.mark.parametrize(
    ("cell", "kind", "source", "expected"),
    [
        ("20240629", "string", {"date_format": "yyyyMMdd"}, "2024-06-29 00:00 -04:00"),
        ("20240629", "int", {"date_format": "yyyyMMdd"}, "2024-06-29 00:00 -04:00"),
        ("20240629", "double", {"date_format": "yyyyMMdd"}, "2024-06-29 00:00 -04:00"),
        ("20240629", "string", {"date_format": "yyyyMMdd", "time_zone": "UTC"}, "2024-06-29 00:00 -04:00"),
        (
            "30.06.2024 01.30",
            "string",
            {"date_format": "dd.MM.yyyy HH.mm", "time_zone": "UTC"},
            "2024-06-29 21:30 -04:00",
        ),
        (
            "10.03.2024 02.30",
            "string",
            {"date_format": "dd.MM.yyyy HH.mm", "time_zone": "UTC"},
            "2024-03-09 21:30 -05:00",
        ),
        (
            "2024-06-29 20h +0200",
            "string",
            {"date_format": "yyyy-MM-dd HH'h' xx", "time_zone": "UTC"},
            "2024-06-29 14:00 -04:00",
        ),
        ("20241350", "string", {"date_format": "yyyyMMdd"}, None),
        ("20240629", "int", {}, None),  # not a count of seconds since 1970
    ],
)
def test_a_date_format_is_read_as_it_says(read, cell, kind, source, expected):
    assert read([cell], kind, "timestamp", **source) == [expected]


def test_a_date_column_is_midnight_of_its_day_and_an_instant_stays_one(read):
    assert read(["2024-06-29"], "date", "timestamp", time_zone="UTC") == ["2024-06-29 00:00 -04:00"]
    assert read(["2024-06-29 20:00:00Z"], "timestamp", "timestamp", time_zone="Europe/Zurich") == [
        "2024-06-29 16:00 -04:00"
    ]
