"""Runs of the DAGs: the right commands for the right date, and what their exit codes make of the tasks."""

import json
import os
from datetime import date, timedelta

import pytest

from jobs.core.stages import STAGES

NIGHT = "2026-03-02T02:00:00+00:00"
GREEN, RED, AFTER_RED, SKIPPED = "success", "failed", "upstream_failed", "skipped"
WAITED = {"night_before": [GREEN, 1]}


def test_a_night_runs_every_stage_once_for_the_messages_of_its_day(airflow):
    result = airflow.ask("run", "oneoffer_nightly", NIGHT, ONEOFFER_SECRET="kept", AIRFLOW__CORE__FERNET_KEY="")
    assert result == {"run": GREEN, "tasks": WAITED | {stage: [GREEN, 1] for stage in STAGES}}
    conf = airflow.folder / "conf"
    assert airflow.commands == [f"{stage} --conf {conf} --as-of 2026-03-02" for stage in STAGES]
    environment = (airflow.folder / "environment").read_text()
    assert "ONEOFFER_SECRET=kept" in environment
    assert "AIRFLOW__" not in environment, "Airflow's own secrets are not the night's"


@pytest.mark.parametrize("code", [10, 15, 70])
def test_what_waiting_does_not_mend_fails_at_once_and_stops_all_that_follows(airflow, code):
    airflow.exits(gate_sources=code)
    result = airflow.ask("run", "oneoffer_nightly", NIGHT)
    assert result["run"] == RED
    assert result["tasks"].pop("gate_sources") == [RED, 1]
    assert result["tasks"].pop("night_before") == [GREEN, 1]
    assert {state for state, _ in result["tasks"].values()} == {AFTER_RED}
    assert len(airflow.commands) == 1


def test_what_waiting_may_mend_is_tried_three_times_more(airflow):
    airflow.exits(gate_sources=16)
    result = airflow.ask("run", "oneoffer_nightly", NIGHT)
    assert result["tasks"]["gate_sources"] == [RED, 4]
    assert len(airflow.commands) == 4


def test_nothing_to_do_is_skipped_and_so_is_what_follows(airflow):
    airflow.exits(gate_sources=99)
    result = airflow.ask("run", "oneoffer_nightly", NIGHT)
    assert {state for task, (state, _) in result["tasks"].items() if task in STAGES} == {SKIPPED}
    assert len(airflow.commands) == 1


def test_a_stage_that_takes_too_long_is_stopped_with_its_program_and_not_tried_again(airflow):
    airflow.exits(sleep=1)
    result = airflow.ask("run", "oneoffer_nightly", NIGHT, "{}", '{"seconds": 5}')
    assert result["tasks"]["gate_sources"] == [RED, 1]
    assert len(airflow.commands) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(int((airflow.folder / "number").read_text()), 0)


@pytest.mark.parametrize(
    ("due", "zone", "days_ahead", "asked", "as_of"),
    [
        (NIGHT, "UTC", 0, {}, "2026-03-02"),
        ("2026-03-01T23:30:00+00:00", "Europe/Zurich", 0, {}, "2026-03-02"),  # half past midnight in Zurich
        ("2026-03-01T23:30:00+00:00", "America/New_York", 0, {}, "2026-03-01"),
        ("2026-03-01T21:00:00+00:00", "Europe/Zurich", 1, {}, "2026-03-02"),  # 22:00, for the messages of tomorrow
        (NIGHT, "UTC", 1, {"as_of": "2025-12-24"}, "2025-12-24"),  # by hand, with a date
    ],
)
def test_the_decision_date_is_asked_for_or_the_day_of_the_run_in_its_zone(  # noqa: PLR0917  a table's columns
    airflow, due, zone, days_ahead, asked, as_of
):
    airflow.exits(gate_sources=10)
    settings = {"ONEOFFER_TIME_ZONE": zone, "ONEOFFER_DAYS_AHEAD": str(days_ahead)}
    airflow.ask("run", "oneoffer_nightly", due, json.dumps(asked), **settings)
    assert [command.split()[-1] for command in airflow.commands] == [as_of]


@pytest.mark.parametrize(
    ("zone", "schedule", "days_ahead"),
    [
        ("Europe/Zurich", "0 2 * * *", 0),  # on a day in March there is no 02:00, on one in October there are two
        ("Europe/Zurich", "0 22 * * *", 1),
        ("America/New_York", "30 1 * * *", 0),  # on a day in November there are two of it
        ("America/Santiago", "0 0 * * *", 0),  # on a day in September there is no midnight
        ("Australia/Lord_Howe", "45 1 * * *", 0),  # clocks change by half an hour
        ("Australia/Lord_Howe", "30 23 * * *", 1),
    ],
)
def test_a_schedule_decides_for_every_day_of_a_year_whatever_the_clocks_do(airflow, zone, schedule, days_ahead):
    settings = {"ONEOFFER_SCHEDULE": schedule, "ONEOFFER_TIME_ZONE": zone, "ONEOFFER_DAYS_AHEAD": str(days_ahead)}
    days = airflow.ask("nights", "2026-01-01", "2026-12-31", **settings)
    first = date(2026, 1, 1) + timedelta(days=days_ahead)
    assert sorted(set(days)) == [str(first + timedelta(days=number)) for number in range(365)]


def test_a_night_begins_when_the_one_before_has_ended_and_in_a_backfill_when_it_ended_well(airflow):
    cases = {
        #  before                       this          begins
        (None, None, "scheduled"): True,
        ("success", "scheduled", "scheduled"): True,
        ("success", "backfill", "backfill"): True,
        ("queued", "backfill", "backfill"): False,
        ("running", "backfill", "backfill"): False,
        ("running", "backfill", "scheduled"): False,
        ("failed", "scheduled", "scheduled"): True,
        ("failed", "scheduled", "backfill"): True,
        ("failed", "backfill", "scheduled"): True,
        ("failed", "backfill", "backfill"): "AirflowFailException",
    }
    assert airflow.ask("begins", json.dumps(list(cases))) == list(cases.values())


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ({"chosen_options": ["Approve"], "responded_by_user": {"id": "7", "name": "eva"}}, {"ONEOFFER_USER": "eva"}),
        ({"chosen_options": ["Approve"], "responded_by_user": None}, {}),
        (None, {}),
    ],
)
def test_a_promotion_is_made_in_the_name_of_who_approved_it(airflow, answer, name):
    assert airflow.ask("approver", json.dumps(answer)) == name
