"""The day of a stamp, however a raw file writes it."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest
from pyspark.sql import functions as F

from conf.sources import Source
from expectations.audit import RawTable
from expectations.audit.stamps import day_of, instant_of
from jobs.sources.types import SourceColumn, typed

NEW_YORK = ZoneInfo("America/New_York")


def table(**message):
    return RawTable("nowhere", "csv", {}, {}, **message)


@pytest.mark.parametrize(
    ("stamp", "message", "day"),
    [
        ("2024-07-01", {"time_zone": "UTC"}, "2024-07-01"),  # a bare day is the same day everywhere
        (date(2024, 7, 1), {"time_zone": "UTC"}, "2024-07-01"),
        ("2024-07-01 03:59:00", {"time_zone": "UTC"}, "2024-06-30"),
        ("2024-07-01 03:59:00", {}, "2024-07-01"),  # on the clocks of New York
        ("2024-07-01T03:59:00Z", {}, "2024-06-30"),
        (datetime(2024, 7, 1, 3, 59, tzinfo=UTC), {}, "2024-06-30"),
        ("01.07.2024", {"date_format": "dd.MM.yyyy"}, "2024-07-01"),
        ("1.7.24", {"date_format": "d.M.yy"}, "2024-07-01"),
        ("20240701T0359", {"date_format": "yyyyMMdd'T'HHmm", "time_zone": "UTC"}, "2024-06-30"),
        ("someday", {}, None),
        (None, {}, None),
        ("2024-07-01", {"date_format": "yyyyMMdd"}, None),
    ],
)
def test_the_day_is_that_of_the_deployments_clocks(stamp, message, day):
    assert day_of(stamp, table(**message), NEW_YORK) == (day and date.fromisoformat(day))


def test_letters_that_are_not_known_are_an_error_and_no_day():
    with pytest.raises(KeyError):
        day_of("2024-W27", table(date_format="YYYY-'W'ww"), NEW_YORK)


def test_an_instant_has_a_zone():
    assert instant_of("2024-07-01", table(), ZoneInfo("UTC")) == datetime(2024, 7, 1, tzinfo=UTC)
    assert instant_of("2024-07-01 02:00", table(time_zone="Europe/Zurich"), NEW_YORK) == datetime(
        2024, 7, 1, tzinfo=UTC
    )


WRITTEN = """
2024-07-01|2024-7-1|2024-07|2024|20240701|2024-W27-1|2024-07-01T|2024-07-01 3:5|2024-07-01 10|10:30
2024-07-01 23:59:59.1234567|2024-07-01T03:59:00Z|2024-07-01 03:59:00 +02:00|2024-07-01 03:59:00+2
2024-07-01 03:59:00-04:30|2024-07-01 00:30 Asia/Tokyo|2024-07-01 00:30:00 Europe/Paris|2024-07-01 00:30:00.5 UTC
2024-07-01 10:30:00 Nowhere/Land|2024-02-30|2024-13-01|2024-07-01 24:00:00|2024-07-01 10:30:61|2024-06-30T22:00
01.07.2024|2024/07/01| 2024-07-01 |someday|2024-07-01x|-
"""


DAYS = ("dd.MM.yyyy", "d/M/yy", "yyyyMMdd", "MM-dd-yyyy", "d MMM yyyy", "dd-MMM-yy")
CLOCKS = ("", " HH:mm", "'T'HHmmss", " h:mm a", " HH:mm:ss.SSS", "'T'HH:mm:ssXXX", " H'h'm xx", " hh a", " 'o''c' HH")


PATTERNS = [day + clock for day, clock in product(DAYS, CLOCKS)]


def test_drawn_texts_of_a_pattern_are_of_the_moment_that_the_night_reads(spark):
    draw = Random(17)
    zone = spark.conf.get("spark.sql.session.timeZone")
    texts_of = {
        pattern: [*written, *(_spoiled(draw, text) for text in written), f" {written[0]}\t", written[0].lower()]
        for pattern, written in zip(PATTERNS, _written(spark, draw), strict=True)
    }
    rows = zip(*texts_of.values(), strict=True)  # a column for each pattern: all of them are one query
    frame = spark.createDataFrame(list(rows), ", ".join(f"text{place} string" for place in range(len(PATTERNS))))
    stamps = [
        typed(SourceColumn(F.col(f"text{place}"), "string"), "timestamp", _source(pattern), zone).alias(str(place))
        for place, pattern in enumerate(PATTERNS)
    ]
    for pattern, moments in zip(PATTERNS, zip(*frame.select(*stamps).collect(), strict=True), strict=True):
        there = table(date_format=pattern, time_zone="Asia/Tokyo")
        ours = [instant_of(text, there, ZoneInfo(zone)) for text in texts_of[pattern]]
        assert ours == [moment and moment.astimezone(UTC) for moment in moments], pattern
        assert all(moments[:8])


def _source(pattern):
    columns = {"customer_id": "any"}
    return Source(path="any", format="csv", columns=columns, date_format=pattern, time_zone="Asia/Tokyo")


def _written(spark, draw):
    """For each pattern eight moments, as Spark writes them."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    rows = [[start + timedelta(seconds=draw.randrange(10**8)) for _ in PATTERNS] for _ in range(8)]
    frame = spark.createDataFrame(rows, ", ".join(f"at{place} timestamp" for place in range(len(PATTERNS))))
    texts = frame.select(*[F.date_format(f"at{place}", pattern) for place, pattern in enumerate(PATTERNS)]).collect()
    return [list(column) for column in zip(*texts, strict=True)]


def _spoiled(draw, text):
    """The text with one sign lost, doubled or changed."""
    place = draw.randrange(len(text))
    return text[:place] + draw.choice(["", text[place] * 2, draw.choice("0159:- Zz+")]) + text[place + 1 :]


@pytest.mark.parametrize("theirs", [None, "UTC", "Asia/Tokyo"])
def test_texts_without_a_pattern_are_of_the_day_that_the_night_reads(spark, theirs):
    texts = [text for line in WRITTEN.strip().splitlines() for text in line.split("|")]
    zone = spark.conf.get("spark.sql.session.timeZone")
    source = Source(path="any", format="csv", columns={"customer_id": "any"}, time_zone=theirs)
    stamp = typed(SourceColumn(F.col("text"), "string"), "timestamp", source, zone)
    rows = spark.createDataFrame([(text,) for text in texts], "text string").select(
        "text", F.to_date(stamp).alias("day")
    )
    ours = {text: day_of(text, table(time_zone=theirs), ZoneInfo(zone)) for text in texts}
    assert ours == {row["text"]: row["day"] for row in rows.collect()}
