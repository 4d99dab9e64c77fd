"""The DAGs as Airflow reads them: an operator who looks at the page finds what to do, and nothing runs by surprise."""

import pytest

from jobs.core.stages import STAGES

NIGHTS = ["oneoffer_nightly", "oneoffer_nightly_cluster"]
DAGS = ["oneoffer_consumer_example", "oneoffer_measure", *NIGHTS, "oneoffer_training"]


@pytest.fixture(scope="module")
def parsed(airflow_home):
    return airflow_home.ask("parse")


def test_all_files_can_be_read_in_little_time(parsed):
    assert parsed["errors"] == {}
    assert sorted(parsed["dags"]) == DAGS
    assert parsed["seconds"] < 15


@pytest.mark.parametrize("name", DAGS)
def test_a_dag_has_a_runbook_tags_and_one_run_at_a_time_and_makes_nothing_up(parsed, name):
    dag = parsed["dags"][name]
    assert dag["doc"].startswith("# ")
    assert "oneoffer" in dag["tags"]
    assert (dag["catchup"], dag["max_active_runs"]) == (False, 1)


@pytest.mark.parametrize("name", DAGS)
def test_a_task_has_an_owner_and_an_end(parsed, name):
    for task in parsed["dags"][name]["tasks"]:
        assert task["owner"] == "oneoffer", task
        assert task["timeout"] > 0, task


@pytest.mark.parametrize("name", NIGHTS)
def test_the_night_is_a_chain_of_its_stages_and_publishing_is_its_outlet(parsed, name):
    tasks = parsed["dags"][name]["tasks"]
    assert [task["task"] for task in tasks] == ["night_before", *STAGES]
    assert [task["after"] for task in tasks] == [[], *([task["task"]] for task in tasks[:-1])]
    assert [task["task"] for task in tasks if task["outlets"]] == ["publish"]
    assert parsed["dags"][name]["params"] == ["as_of"]
    assert {task["retries"] for task in tasks} == {3}


def test_both_nights_are_due_at_once_and_give_each_stage_the_same_time(parsed):
    first, second = (parsed["dags"][name] for name in NIGHTS)
    assert first["schedule"] == second["schedule"]
    assert [task["timeout"] for task in first["tasks"]] == [task["timeout"] for task in second["tasks"]]
    assert {task["program"] for task in second["tasks"][1:]} == {"OneofferSparkCommand"}


@pytest.mark.parametrize(
    ("promotion", "tasks"),
    [
        ("ask", ["train", "validate", "approve", "promote"]),
        ("gates", ["train", "validate", "promote"]),
        ("never", ["train", "validate"]),
    ],
)
def test_promotion_waits_for_approval_or_is_a_setting(airflow, promotion, tasks):
    result = airflow.ask("parse", ONEOFFER_PROMOTION=promotion)["dags"]["oneoffer_training"]["tasks"]
    assert [item["task"] for item in result] == tasks


def test_a_promotion_that_is_neither_is_told_when_the_file_is_read(airflow):
    errors = airflow.ask("parse", ONEOFFER_PROMOTION="asks")["errors"]
    assert "ONEOFFER_PROMOTION is ask, gates or never" in "".join(errors.values())


def test_the_schedule_and_its_zone_are_the_operators(airflow):
    result = airflow.ask("parse", ONEOFFER_SCHEDULE="30 4 * * 1-5", ONEOFFER_TIME_ZONE="Europe/Zurich")
    schedule = result["dags"]["oneoffer_nightly"]["schedule"]
    assert "30 4 * * 1-5" in schedule
    assert "Europe/Zurich" in schedule
