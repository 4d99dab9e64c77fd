"""Fixtures that many tests share."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import settings
from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from models.tracking import Registry

SALT = "oneoffer-demo"
DEPLOYMENTS = Path(__file__).parent / "deployments"
ANN = ("ann@example.org", "astronaut of canary", 7654321)
"""A customer whose every value can be told from all others'."""

# A busy machine is no failure; in CI the same code is judged by the same examples, new ones are found at home.
settings.register_profile("oneoffer", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("oneoffer")


def pytest_configure(config: pytest.Config) -> None:
    """Warnings are errors, but for one: pyspark leaves the sockets of `collect` to the garbage collector."""
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One small local Spark session for all tests, made when the first test asks for it."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    session = (
        SparkSession.builder.master("local[2]")
        .appName("tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")  # six rows need no 200 tasks
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.parquet.inferTimestampNTZ.enabled", "false")  # as jobs/spark/session.py does
        .config("spark.sql.adaptive.enabled", "false")  # six rows need no second plan
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1")  # nor code that is compiled twice
        .config("spark.python.sql.dataFrameDebugging.enabled", "false")  # else every column costs a stack trace
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def mlflow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One MLflow database for all tests: making its tables takes seconds; the artifacts lie beside it."""
    return tmp_path_factory.mktemp("mlflow")


@pytest.fixture(scope="session")
def registry(mlflow_home: Path) -> "Registry":
    """The models of a deployment called `shop`; a test that changes versions takes a model name of its own."""
    from models.tracking import open_registry  # noqa: PLC0415  mlflow takes seconds to import

    return open_registry("shop", f"sqlite:///{mlflow_home}/mlflow.db", mlflow_home / "artifacts")


class Workplace:
    """A folder in which commands are run."""

    salt = SALT

    def __init__(self, folder):
        self.folder = folder

    def oneoffer(self, *words, **environment):
        """Run a command; its output and exit code."""
        command = [str(Path(sys.executable).with_name("oneoffer")), *words]
        return subprocess.run(
            command,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=3600,
            env=os.environ | {"ONEOFFER_SALT": SALT} | environment,
        )

    def must(self, *words):
        """As `oneoffer`, of a command that has to succeed."""
        done = self.oneoffer(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def output(self):
        """Where the company publishes."""
        return self.folder / "work/published"

    def night(self, *words, **environment):
        """Run the company's night of the date that its fixture publishes."""
        done = self.oneoffer("run", "--conf", "conf", "--as-of", "2025-03-01", *words, **environment)
        assert done.returncode == 0, done.stdout + done.stderr

    def record(self, as_of):
        """run.json of a night."""
        (path,) = (self.folder / "work").rglob(f"runs/as_of={as_of}/run.json")
        return json.loads(path.read_text())

    def published(self, as_of):
        """The committed set of a date."""
        (folder,) = (self.folder / "work").rglob(f"published/{as_of}")
        assert (folder / "COMMIT.1").is_file()
        (one,) = folder.glob("set-*")
        return one


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo, run once by its one command."""
    place = Workplace(tmp_path_factory.mktemp("demo"))
    place.printed = place.must("demo")
    return place


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    """A company without transactions: models trained, a night published, and what these commands printed."""
    place = Workplace(tmp_path_factory.mktemp("company"))
    shutil.copytree(DEPLOYMENTS / "no_transactions", place.folder / "conf")
    (place.folder / "data").mkdir()
    _write_history(place.folder / "data")
    told = ("log=work/log.jsonl", "openlineage={file: work/lineage.jsonl}")
    changes = [word for one in told for word in ("--set", f"deployment.observability.{one}")]
    commands = (("train", "--promote"), ("run", *changes))
    place.printed = [place.oneoffer(*words, "--conf", "conf", "--as-of", "2025-03-01") for words in commands]
    place.somebody = ANN
    assert [one.returncode for one in place.printed] == [0, 0], place.printed
    return place


@pytest.fixture
def deployment(tmp_path):
    """A workplace with a copy of one of the test deployments in `conf`."""

    def make(name):
        shutil.copytree(DEPLOYMENTS / name, tmp_path / "conf")
        (tmp_path / "data").mkdir()
        return Workplace(tmp_path)

    return make


def _write_history(folder, customers=900):
    """Retired customers answer calls about deposits, the more the more they have; a tenth is called each month."""
    draw = random.Random(7)
    people = [
        (f"{number:04}", draw.choice(["retired", "student", "clerk"]), draw.randrange(0, 9000))
        for number in range(customers)
    ]
    contacts, responses = [], []
    for month in range(10):
        for person, job, balance in [*draw.sample(people, customers // 6), ANN]:
            day = date(2024, 5, 1) + timedelta(days=30 * month + draw.randrange(25))
            contacts.append((person, "deposit", "call", day))
            if draw.random() < (0.35 if job == "retired" else 0.05) + balance / 40000:
                responses.append((person, "deposit", day + timedelta(days=draw.randrange(1, 15))))
    tables = {
        "customers": (("id", "job", "balance"), [*people, ANN]),
        "contacts": (
            ("customer", "campaign", "channel", "date"),
            [row for row in contacts if row[3] < date(2025, 3, 1)],
        ),
        "responses": (("customer", "campaign", "date"), responses),
        "consents": (
            ("customer", "channel", "allowed", "changed"),
            [(one, "call", "true", "2024-01-01") for one, *_ in [*people, ANN]],
        ),
    }
    for name, (header, rows) in tables.items():
        pd.DataFrame(rows, columns=header).to_csv(folder / f"{name}.csv", index=False)
