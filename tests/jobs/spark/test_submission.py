"""spark-submit is told what a session tells its own JVM, and no secret."""

import json
from pathlib import Path

import pyspark
import pytest
from typer.testing import CliRunner

from conf.deployment import Deployment
from jobs.cli.commands import app
from jobs.cli.init import init_deployment
from jobs.spark.session import session_for
from jobs.spark.submission import PYTHON, submission

SECRET = "hunter2-in-the-jvm"
SETTINGS = {"spark.driver.memory": "16g", "spark.hadoop.fs.s3a.secret.key": "env:S3_SECRET"}


class JvmNotStarted(Exception):
    """Raised instead of starting a JVM."""


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    monkeypatch.setenv("S3_SECRET", SECRET)
    for name in ("SPARK_LOCAL_IP", "SPARK_HOME"):
        monkeypatch.setenv(name, "to be restored")
        monkeypatch.delenv(name)


def shop(master):
    spark = {"master": master, "settings": SETTINGS}
    return Deployment(name="shop", lake="lake", output="out", currency="EUR", time_zone="Europe/Zurich", spark=spark)


@pytest.mark.parametrize("master", ["local[2]", "spark://127.0.0.1:7077", "spark://host.example:7077"])
def test_the_settings_are_those_that_a_session_gives_to_its_own_jvm(monkeypatch, master):
    passed = {}

    def no_jvm(_, pairs):
        passed.update(pairs)
        raise JvmNotStarted

    monkeypatch.setattr(pyspark.SparkConf, "setAll", no_jvm)
    monkeypatch.setattr("jobs.spark.session.check_master", lambda _: None)  # there is no cluster at these addresses
    deployment = shop(master)
    with pytest.raises(JvmNotStarted):
        session_for(deployment.name, deployment.spark, deployment.time_zone)
    assert submission(deployment)["settings"] == passed | PYTHON
    assert passed["spark.driver.memory"] == "16g"
    assert "log4j2" in passed["spark.driver.extraJavaOptions"]


def test_no_secret_is_told():
    assert SECRET not in json.dumps(submission(shop("local[2]")))


@pytest.mark.parametrize(("master", "address"), [("spark://127.0.0.1:7077", "127.0.0.1"), ("spark://h:7077", None)])
def test_spark_is_this_environments_and_listens_on_loopback_where_its_workers_do(master, address):
    environment = submission(shop(master))["environment"]
    assert (Path(environment["SPARK_HOME"]) / "bin" / "spark-submit").is_file()
    assert Path(environment["SPARK_HOME"]) == Path(pyspark.__file__).parent
    assert environment.get("SPARK_LOCAL_IP") == address


def test_the_command_prints_it_for_machines(tmp_path):
    init_deployment(tmp_path / "conf")
    words = ["submission", "--conf", str(tmp_path / "conf"), "--set", "deployment.spark.master=spark://h:7077"]
    done = CliRunner().invoke(app, words)
    printed = json.loads(done.stdout)
    assert set(printed) == {"environment", "settings"}
    assert printed["settings"]["spark.master"] == "spark://h:7077"
