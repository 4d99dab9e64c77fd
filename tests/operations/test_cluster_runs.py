"""The night by spark-submit: its arguments, its environment, and what its exit codes make of the tasks."""

import os
from pathlib import Path

import pytest

from jobs.core.stages import STAGES

NIGHT, DAG = "2026-03-02T02:00:00+00:00", "oneoffer_nightly_cluster"
CLUSTER = {"AIRFLOW_CONN_ONEOFFER_SPARK": "spark://host.example:7077"}
PROGRAM = Path(__file__).parents[2] / "airflow_dags" / "spark_program" / "submitted.py"
GREEN, RED, AFTER_RED, SKIPPED = "success", "failed", "upstream_failed", "skipped"


def states(result):
    return {task: state for task, state in result["tasks"].items() if task != "night_before"}


def test_a_night_submits_every_stage_once_with_the_connections_master_and_the_cores_settings(airflow):
    result = airflow.ask("run", DAG, NIGHT, ONEOFFER_SECRET="kept", AIRFLOW__CORE__FERNET_KEY="", **CLUSTER)
    assert result["run"] == GREEN
    assert states(result) == {stage: [GREEN, 1] for stage in STAGES}
    conf, master = airflow.folder / "conf", "spark://host.example:7077"
    words = f"--conf {conf} --as-of 2026-03-02 --set deployment.spark.master={master}"
    assert airflow.commands == [f"{stage} {words}" for stage in STAGES]
    output = "--master {} --conf spark.driver.memory=3g --name oneoffer {} --deploy-mode client {} {} {}"
    assert airflow.noted("submitted") == [output.format(master, stage, PROGRAM, stage, words) for stage in STAGES]


def test_spark_submit_gets_the_secrets_of_the_deployment_by_its_environment_and_none_of_airflows(airflow):
    airflow.exits(gate_sources=10)
    airflow.ask("run", DAG, NIGHT, ONEOFFER_SECRET="kept", AIRFLOW__CORE__FERNET_KEY="", SPARK_HOME="/else", **CLUSTER)
    environment = airflow.noted("submit_environment")
    assert "ONEOFFER_SECRET=kept" in environment
    assert f"SPARK_HOME={airflow.folder}/spark" in environment
    assert [line for line in environment if line.startswith("AIRFLOW")] == []
    assert "kept" not in "".join(airflow.noted("submitted"))


@pytest.mark.parametrize(
    ("code", "state", "tries", "rest"),
    [
        (16, RED, 4, AFTER_RED),
        (99, SKIPPED, 1, SKIPPED),
        (137, RED, 1, AFTER_RED),
    ],  # 137: killed, as spark-submit says it
)
def test_its_exit_code_is_the_programs_and_means_the_same(airflow, code, state, tries, rest):
    airflow.exits(gate_sources=code)
    result = states(airflow.ask("run", DAG, NIGHT, **CLUSTER))
    assert result.pop("gate_sources") == [state, tries]
    assert {value for value, _ in result.values()} == {rest}
    assert len(airflow.commands) == tries


def test_a_stage_that_takes_too_long_is_stopped_with_the_program_that_spark_submit_began(airflow):
    airflow.exits(sleep=1)
    result = states(airflow.ask("run", DAG, NIGHT, "{}", '{"seconds": 8}', **CLUSTER))
    assert result["gate_sources"] == [RED, 1]
    assert len(airflow.commands) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(int((airflow.folder / "number").read_text()), 0)


def test_without_its_connection_nothing_is_submitted(airflow):
    result = states(airflow.ask("run", DAG, NIGHT))
    assert result["gate_sources"] == [RED, 1]
    assert airflow.noted("submitted") == []
