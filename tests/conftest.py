"""Fixtures that many tests share."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from models.tracking import Registry

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
        .config("spark.sql.parquet.inferTimestampNTZ.enabled", "false")  # as jobs/spark_session.py does
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
