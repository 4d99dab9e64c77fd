"""The demo's night through Airflow and the real program: the same set as by the command line, or none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import conf
from jobs.stages import STAGES

pytestmark = pytest.mark.slow
DEMO = Path(conf.__path__[0]) / "demo"
ONEOFFER = Path(sys.executable).with_name("oneoffer")
AS_OF, BY_HAND = "2017-11-14", {"as_of": "2017-11-14"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder in which the demo was run: it has sources, champions and the set of the day before."""
    folder = tmp_path_factory.mktemp("shop")
    done = subprocess.run([ONEOFFER, "demo"], cwd=folder, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return folder


def night(airflow, shop, deployment=DEMO):
    """The states of the night's tasks, run by the real program."""
    place = {"ONEOFFER_BIN": str(ONEOFFER), "ONEOFFER_CONF": str(deployment), "ONEOFFER_HOME": str(shop)}
    # What the tests' own environment adds to find our packages is no matter of Airflow's, but of the program's.
    salt = {"ONEOFFER_SALT": "oneoffer-demo"} | {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    return airflow.ask("run", "oneoffer_nightly", "none", json.dumps(BY_HAND), **place, **salt)


def committed(shop):
    return sorted(path.name for path in (shop / "work/demo/published" / AS_OF).glob("COMMIT.*"))


def test_a_gate_that_fails_is_red_and_nothing_is_published(airflow, shop, tmp_path):
    broken = tmp_path / "conf"
    broken.mkdir()
    for file in DEMO.iterdir():
        text = file.read_text() if file.is_file() else ""
        (broken / file.name).write_text(text.replace("sources/consents.parquet", "sources/no_such_file.parquet"))
    found = night(airflow, shop, broken)
    assert found["tasks"].pop("night_before") == ["success", 1]
    assert found["tasks"].pop("gate_sources") == ["failed", 1]
    assert {state for state, _ in found["tasks"].values()} == {"upstream_failed"}
    assert committed(shop) == []


def test_the_night_is_green_and_its_set_is_that_of_the_command_line(airflow, shop):
    assert night(airflow, shop) == {
        "run": "success",
        "tasks": {task: ["success", 1] for task in ("night_before", *STAGES)},
    }
    assert committed(shop) == ["COMMIT.1"]
    words = ["run", "--conf", str(DEMO), "--as-of", AS_OF]
    salt = os.environ | {"ONEOFFER_SALT": "oneoffer-demo"}
    done = subprocess.run([ONEOFFER, *words], cwd=shop, capture_output=True, text=True, env=salt, timeout=900)
    assert done.returncode == 0, done.stderr  # published already from the same inputs, verified identical
    assert committed(shop) == ["COMMIT.1"]
