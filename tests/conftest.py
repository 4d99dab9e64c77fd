"""Fixtures that many tests share."""

import os
import random
import shutil
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import settings
from pyspark.sql import SparkSession
from xdist.scheduler import LoadScopeScheduling

from tests.workplace import CommandLine, Workplace

if TYPE_CHECKING:
    from models.tracking import Registry

DEPLOYMENTS = Path(__file__).parent / "deployments"
DEAR = {
    "demo": ("nights/test_demo.py", "nights/test_models.py", "nights/test_report.py"),
    "company": (
        "nights/test_other_deployments.py",
        "nights/test_replay.py",
        "reliability/test_frozen.py",
        "reliability/test_lost_refusals.py",
        "reliability/test_nights_killed.py",
        "reliability/test_publish_killed.py",
        "reliability/test_reruns.py",
        "reliability/test_surroundings.py",
    ),
}
"""Fixture that runs whole nights -> the files that use it: one worker runs them all, so no night is made twice."""
ANN = ("ann@example.org", "astronaut of canary", 7654321)
"""A customer whose every value can be told from all others'."""

# A busy machine is no failure; in CI the same code is judged by the same examples, new ones are found at home.
settings.register_profile("oneoffer", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("oneoffer")


def pytest_configure(config: pytest.Config) -> None:
    """Warnings are errors, but for one: pyspark leaves the sockets of `collect` to the garbage collector."""
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that share a dear fixture come first, then the other files with slow tests."""
    slow_groups = {group_of(item.nodeid) for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (group_of(item.nodeid) not in DEAR, group_of(item.nodeid) not in slow_groups))


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Each group of tests goes to one worker; xdist's own groups do not work with pytest 9.2."""
    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = group_of
    return scheduling


def group_of(nodeid: str) -> str:
    """The dear fixture that the test's file uses, else the file."""
    file = nodeid.partition("::")[0]
    return next((name for name, files in DEAR.items() if file.removeprefix("tests/") in files), file)


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


@pytest.fixture(autouse=True)
def group_is_named(request: pytest.FixtureRequest) -> None:
    """A test that uses a dear fixture lies in a file of its group; else two workers would make the same night."""
    dear = DEAR.keys() & set(request.fixturenames)
    if dear and dear != {group_of(request.node.nodeid)}:
        pytest.fail(f"{request.node.nodeid} uses {dear.pop()}: name its file in DEAR, in tests/conftest.py")


@pytest.fixture(autouse=True)
def mlflow_address_stays():
    """Whoever opens another registry changes MLflow's own address for the whole process; the next test has it back."""
    mlflow = sys.modules.get("mlflow")  # importing it takes seconds
    before = mlflow.get_tracking_uri() if mlflow else None
    yield
    if mlflow and mlflow.get_tracking_uri() != before:
        mlflow.set_tracking_uri(before)


@pytest.fixture(scope="session")
def mlflow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One MLflow database for all tests: making its tables takes seconds; the artifacts lie beside it."""
    return tmp_path_factory.mktemp("mlflow")


@pytest.fixture(scope="session")
def registry(mlflow_home: Path) -> "Registry":
    """The models of a deployment called `shop`; a test that changes versions takes a model name of its own."""
    from models.tracking import open_registry  # noqa: PLC0415  mlflow takes seconds to import

    return open_registry("shop", f"sqlite:///{mlflow_home}/mlflow.db", mlflow_home / "artifacts")


@pytest.fixture(scope="session")
def workplace(tmp_path_factory):
    """Makes workplaces whose commands share a process and its Spark session; each ends with the session."""
    made = []

    def make(name):
        folder = tmp_path_factory.mktemp(name)
        made.append(Workplace(folder, CommandLine(tmp_path_factory.mktemp(f"{name}-printed"), folder)))
        return made[-1]

    yield make
    for place in made:
        place.command_line.close()


@pytest.fixture(scope="session")
def demo(workplace):
    """The demo, run once by its one command."""
    place = workplace("demo")
    place.printed = place.must("demo")
    return place


@pytest.fixture(scope="session")
def company(workplace):
    """A company without transactions: models trained, a night published, and what these commands printed."""
    place = workplace("company")
    shutil.copytree(DEPLOYMENTS / "no_transactions", place.folder / "conf")
    (place.folder / "data").mkdir()
    _write_history(place.folder / "data")
    observed = ("log=work/log.jsonl", "openlineage={file: work/lineage.jsonl}")
    changes = [word for change in observed for word in ("--set", f"deployment.observability.{change}")]
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
    planned = [(person, "survey", "call", date(2025, 3, 10), "yes") for person, *_ in draw.sample(people, 30)]
    kinds = ["complaint", "cancel", "visit"]
    events = [
        (person, draw.choice(kinds), date(2024, 12, 1) + timedelta(days=draw.randrange(100)))
        for person, *_ in draw.choices(people, k=600)
    ]
    tables = {
        "customers": (
            ("id", "job", "balance", "calls_a_month"),
            [(*person, 0 if number % 40 == 0 else None) for number, person in enumerate([*people, ANN])],
        ),
        "contacts": (
            ("customer", "campaign", "channel", "date", "planned"),
            [*((*row, "") for row in contacts if row[3] < date(2025, 3, 1)), *planned],
        ),
        "events": (("customer", "what", "date"), events),
        "responses": (("customer", "campaign", "date"), responses),
        "consents": (
            ("customer", "channel", "about", "allowed", "changed"),
            [(customer, "call", "*", "true", "2024-01-01") for customer, *_ in [*people, ANN]]
            + [
                (customer, "call", "Reminder", "false", "2024-01-01")
                for customer, _, balance in people
                if balance % 4 == 1
            ],
        ),
    }
    for name, (header, rows) in tables.items():
        pd.DataFrame(rows, columns=header).to_csv(folder / f"{name}.csv", index=False)
