"""The decision date of a run of Airflow is the day on which its messages go out, in every time zone."""

import sys
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

FOLDER = Path(__file__).parents[2] / "airflow_dags"
ZONES = ["UTC", "Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kiritimati"]
HALF_PAST_TWO = datetime.fromisoformat("2026-03-02T02:30:00+00:00")
SCHEDULED, BACKFILL, BY_HAND, BY_AN_ASSET = "scheduled", "backfill", "manual", "asset_triggered"


@pytest.fixture(scope="module")
def decision_date():
    """The module, found as Airflow finds it: its folder is on the path."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield import_module("decision_date")
    finally:
        sys.path.remove(str(FOLDER))
        sys.modules.pop("decision_date", None)


def run(moment, kind=SCHEDULED, asked=None):
    """The context of a run: by hand and by an asset it has no logical date."""
    logical_date = None if kind in (BY_HAND, BY_AN_ASSET) else moment
    dag_run = SimpleNamespace(logical_date=logical_date, run_after=moment, run_type=kind)
    return {"params": {"as_of": asked}, "dag_run": dag_run}


@pytest.mark.parametrize(
    ("kind", "asked", "offset_days", "as_of"),
    [
        (SCHEDULED, None, 0, "2026-03-02"),  # the night at 02:00 is for the messages of the same day
        (SCHEDULED, None, 1, "2026-03-03"),  # one in the evening for those of the next
        (BACKFILL, None, 0, "2026-03-02"),
        (BACKFILL, None, 1, "2026-03-02"),  # a backfill is for the dates that it names
        (BY_HAND, None, 1, "2026-03-03"),
        (BY_AN_ASSET, None, -61, "2025-12-31"),  # the measurement: 2 + 28 + 31 days back
        (SCHEDULED, "2025-12-24", 1, "2025-12-24"),
        (BACKFILL, "2025-12-24", 1, "2025-12-24"),
    ],
)
def test_it_is_the_date_asked_for_or_the_day_of_the_run(decision_date, kind, asked, offset_days, as_of):
    assert str(decision_date.as_of(run(HALF_PAST_TWO, kind, asked), offset_days)) == as_of


@pytest.mark.parametrize(
    ("zone", "moment", "as_of"),
    [
        ("Europe/Zurich", "2026-03-01T22:59:59+00:00", "2026-03-01"),  # a second before midnight
        ("Europe/Zurich", "2026-03-01T23:00:00+00:00", "2026-03-02"),
        ("Europe/Zurich", "2026-03-29T00:59:59+00:00", "2026-03-29"),  # clocks go from 02:00 to 03:00
        ("Europe/Zurich", "2026-03-29T01:00:00+00:00", "2026-03-29"),
        ("Europe/Zurich", "2026-03-28T23:00:00+00:00", "2026-03-29"),  # midnight before and after that change
        ("Europe/Zurich", "2026-03-29T22:00:00+00:00", "2026-03-30"),
        (
            "Europe/Zurich",
            "2026-10-25T00:00:00+00:00",
            "2026-10-25",
        ),  # 02:00, and an hour later again
        ("Europe/Zurich", "2026-10-25T01:00:00+00:00", "2026-10-25"),
        ("America/Santiago", "2026-09-06T03:59:59+00:00", "2026-09-05"),  # there is no midnight on 6 September
        ("America/Santiago", "2026-09-06T04:00:00+00:00", "2026-09-06"),
        ("Pacific/Apia", "2011-12-30T09:59:59+00:00", "2011-12-29"),  # there is no 30 December 2011
        ("Pacific/Apia", "2011-12-30T10:00:00+00:00", "2011-12-31"),
        ("Pacific/Kiritimati", "2026-03-01T10:00:00+00:00", "2026-03-02"),
        ("America/New_York", "2026-03-02T04:59:59+00:00", "2026-03-01"),
    ],
)
def test_the_day_of_a_run_is_that_of_its_time_zone(decision_date, monkeypatch, zone, moment, as_of):
    monkeypatch.setattr(decision_date, "TIME_ZONE", zone)
    assert str(decision_date.as_of(run(datetime.fromisoformat(moment)))) == as_of


@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(date(2012, 1, 2), date(2040, 1, 1)),
    hour=st.integers(0, 23),
    offset_days=st.integers(0, 2),
)
def test_nights_of_one_hour_decide_for_each_day_once(decision_date, zone, day, hour, offset_days):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decision_date, "TIME_ZONE", zone)
        moments = [
            datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone)) + timedelta(days=number)
            for number in range(3)
        ]
        nights = [decision_date.as_of(run(moment.astimezone(ZoneInfo("UTC"))), offset_days) for moment in moments]
    assert nights == [day + timedelta(days=number + offset_days) for number in range(3)]


def test_a_night_runs_on_the_day_of_its_messages_unless_a_variable_says_earlier(decision_date, monkeypatch):
    monkeypatch.delenv("ONEOFFER_DAYS_AHEAD", raising=False)
    assert decision_date.days_ahead() == 0
    monkeypatch.setenv("ONEOFFER_DAYS_AHEAD", "1")
    assert decision_date.days_ahead() == 1


@pytest.mark.parametrize("text", ["", "-1", "1.0", "one", " 1", "²"])
def test_days_ahead_that_are_no_whole_number_stop_the_dag(decision_date, monkeypatch, text):
    monkeypatch.setenv("ONEOFFER_DAYS_AHEAD", text)
    with pytest.raises(ValueError, match="ONEOFFER_DAYS_AHEAD is 0, 1 or more days"):
        decision_date.days_ahead()
