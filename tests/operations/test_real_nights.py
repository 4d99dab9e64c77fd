"""Nights through Airflow with the real program: the set of the command line, byte for byte, or none."""

import json
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import conf
from jobs.core.stages import STAGES

pytestmark = pytest.mark.slow
ONEOFFER = Path(sys.executable).with_name("oneoffer")
DEMO, DEMO_NIGHT = Path(conf.__path__[0]) / "demo", "2017-11-13"
NIGHT, ON_CLUSTER = "oneoffer_nightly", "oneoffer_nightly_cluster"
GREEN = {"run": "success", "tasks": {task: ["success", 1] for task in ("night_before", *STAGES)}}
MEET = """#!/bin/sh
mktemp {folder}/here.XXXXXX
until test $(ls {folder}/here.* | wc -l) -ge 2; do sleep 0.1; done
exec {oneoffer} "$@"
"""


def environment(place, deployment, program=ONEOFFER):
    """What a task of Airflow needs to run the real program; where the tests find our packages, so does the program."""
    return {
        "ONEOFFER_BIN": str(program),
        "ONEOFFER_CONF": str(deployment),
        "ONEOFFER_HOME": str(place.folder),
        "ONEOFFER_SALT": place.salt,
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }


def asked(as_of, **how):
    """A run that somebody starts by hand for a date."""
    return ("none", json.dumps({"as_of": as_of}), json.dumps({"seconds": 3600} | how))


def test_the_demos_night_goes_green_through_airflow_cluster_and_server_with_the_bytes_of_one_command(  # noqa: PLR0917  fixtures
    airflow, demo, cluster, mlflow_server, afresh, tree
):
    place, server = afresh(demo), mlflow_server()
    through = f"deployment.mlflow.tracking_uri={server.uri}"
    place.must("train", "--promote", "--conf", str(DEMO), "--as-of", DEMO_NIGHT, "--set", through)
    deployment = place.folder / "conf"
    shutil.copytree(DEMO, deployment)
    settings = deployment / "deployment.yaml"
    embedded = "sqlite:///./work/demo/mlflow.db"
    assert embedded in settings.read_text()
    settings.write_text(settings.read_text().replace(embedded, server.uri))
    (place.folder / "work/demo/mlflow.db").unlink()
    connection = {"AIRFLOW_CONN_ONEOFFER_SPARK": cluster.master}
    result = airflow.ask("run", ON_CLUSTER, *asked(DEMO_NIGHT), **environment(place, deployment), **connection)
    assert result == GREEN
    assert tree(place) == tree(demo)
    assert "Registered app oneoffer" in (cluster.folder / "master.log").read_text(), "it did run there"
    assert not (place.folder / "work/demo/mlflow.db").exists(), "and asked the server"


def test_a_gate_that_fails_is_red_and_nothing_is_published(airflow, company, afresh, tree):
    place = afresh(company)
    (place.folder / "data" / "consents.csv").unlink()
    result = airflow.ask("run", NIGHT, *asked("2025-03-01"), **environment(place, place.folder / "conf"))
    assert result["run"] == "failed"
    assert result["tasks"].pop("night_before") == ["success", 1]
    assert result["tasks"].pop("gate_sources") == ["failed", 1]
    assert {state for state, _ in result["tasks"].values()} == {"upstream_failed"}
    assert tree(place) == {}


def test_the_same_task_started_twice_at_once_publishes_once(airflow, company, tree, tmp_path):
    place = type(company)(tmp_path / "place")
    shutil.copytree(company.folder, place.folder, symlinks=True)
    shutil.rmtree(place.output)  # all stages but the last have been run
    program = tmp_path / "oneoffer"
    program.write_text(MEET.format(folder=tmp_path, oneoffer=ONEOFFER))
    program.chmod(0o755)
    words = ["run", NIGHT, *asked("2025-03-01", delay=30, marked="(?!publish).*")]
    output = environment(place, place.folder / "conf", program)

    def start(number):
        database = tmp_path / f"airflow-{number}.db"  # two workers of one Airflow would share a PostgreSQL
        shutil.copy(airflow.folder / "home" / "airflow.db", database)
        return airflow.ask(*words, AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{database}", **output)

    with ThreadPoolExecutor() as two:
        result = list(two.map(start, range(2)))
    assert [item["run"] for item in result] == ["success", "success"]
    tries = sorted(item["tasks"]["publish"][1] for item in result)
    assert tries[0] == 1, "one held the date"
    assert tries[1] > 1, "the other was told 16, tried again and found it published"
    assert [path.name for path in place.output.glob("*/COMMIT.*")] == ["COMMIT.1"]
    assert tree(place) == tree(company)
