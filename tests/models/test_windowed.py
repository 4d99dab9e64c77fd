"""A history as one feature sees it."""

import random
from datetime import date, timedelta

import pytest

from models.histories import CATEGORY_LINES
from models.windowed import Rows

AS_OF = date(2024, 7, 1)


def test_different_days_are_counted_in_windows_of_any_length(spark):
    windows = (1, 63, 64, 65, 128, 200, 365)  # around the ends of 64-bit words
    draw = random.Random(3)
    ago = [1, 1, 63, 64, 64, 65, 128, 129, 365, 366, *draw.choices(range(1, 400), k=60)]
    rows = spark.createDataFrame(
        [(AS_OF - timedelta(days=item), item) for item in ago], "happened_on date, days_ago int"
    )
    result = rows.agg(
        *[Rows(CATEGORY_LINES, window).different_days().alias(str(window)) for window in windows]
    ).collect()[0]
    assert list(result) == [len({item for item in ago if item <= window}) for window in windows]


def test_no_row_in_the_window_is_no_day(spark):
    rows = spark.createDataFrame([(AS_OF - timedelta(days=90), 90)], "happened_on date, days_ago int")
    assert rows.agg(Rows(CATEGORY_LINES, 30).different_days()).collect()[0][0] == 0


def test_different_days_need_a_window():
    with pytest.raises(ValueError, match="different_days needs a window"):
        Rows(CATEGORY_LINES, None).different_days()
