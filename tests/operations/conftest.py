"""Airflow in its own environment, with a scratch home; these tests fail where it is missing: `make operations-test`."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AIRFLOW = Path(os.environ.get("ONEOFFER_AIRFLOW", ROOT / ".venv-airflow"))
PROBE = Path(__file__).parent / "programs" / "airflow_probe.py"
STAND_IN = """#!/bin/sh
test "$1" = submission && echo '{{"spark_home": "{folder}/spark", "settings": {{"spark.driver.memory": "3g"}}}}' && exit
echo "$@" >> {folder}/commands
env | sort > {folder}/environment
test -f {folder}/exits/sleep && echo $$ > {folder}/number && exec sleep 300
test -f {folder}/exits/$1 && exit $(cat {folder}/exits/$1)
test "$1" = publish || exit 0
day={folder}/published/$5 && mkdir -p $day/set-1 && cd $day/set-1
echo content > email.csv && sha256sum email.csv > SHA256SUMS && echo '{{"set": "set-1"}}' > ../COMMIT.1
"""


SUBMIT = """#!/bin/sh
echo "$@" >> {folder}/submitted
env | sort > {folder}/surroundings
until test "${{1%.py}}" != "$1"; do shift; done
shift
{folder}/oneoffer "$@"
"""
"""As the real one: the program is a child, which outlives spark-submit if that alone is killed."""


class Airflow:
    """Airflow with a program that stands in for oneoffer: it notes how it was called, and exits as it was told."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
            "AIRFLOW_HOME": str(folder / "home"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "airflow_dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "ONEOFFER_AIRFLOW": str(AIRFLOW),
            "ONEOFFER_BIN": str(folder / "oneoffer"),
            "ONEOFFER_CONF": str(folder / "conf"),
            "ONEOFFER_HOME": str(folder),
            "ONEOFFER_OUTPUT": str(folder / "published"),
        }
        self.forget()

    def forget(self):
        """As if nothing had been called and every command ended well."""
        (self.folder / "exits").mkdir(parents=True, exist_ok=True)
        for one in [*(self.folder / "exits").iterdir(), self.folder / "commands", self.folder / "submitted"]:
            one.unlink(missing_ok=True)
        for name, text in {"oneoffer": STAND_IN, "spark/bin/spark-submit": SUBMIT}.items():
            program = self.folder / name
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text(text.format(folder=self.folder))
            program.chmod(0o755)

    def exits(self, **codes):
        """Let commands end with these codes."""
        for command, code in codes.items():
            (self.folder / "exits" / command).write_text(str(code))

    @property
    def commands(self):
        """The commands that were called, in order."""
        return self.noted("commands")

    def noted(self, name):
        """The lines that a stand-in wrote."""
        written = self.folder / name
        return written.read_text().splitlines() if written.exists() else []

    def ask(self, *words, **environment):
        """The probe's answer."""
        python = AIRFLOW / "bin" / "python"
        assert python.exists(), f"{python} is missing: run `make operations-test`"
        done = subprocess.run(
            [python, PROBE, *words],
            capture_output=True,
            text=True,
            timeout=900,
            env=self.environment | environment,
        )
        answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
        assert answers, done.stdout[-5000:] + done.stderr[-5000:]
        return json.loads(answers[-1].removeprefix("ANSWER "))


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("airflow")
    place = Airflow(folder)
    command = [AIRFLOW / "bin" / "airflow", "db", "migrate"]
    done = subprocess.run(command, env=place.environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture
def airflow(airflow_home):
    airflow_home.forget()
    return airflow_home
