"""A session listens on loopback alone, keeps its secrets off the command line, and logs nobody's values."""

import json
import os
import subprocess
import sys

import pytest

from conf.deployment import Spark
from conf.errors import SettingsError
from jobs.core.environment import prepare
from jobs.spark.session import session_settings

SECRET, CANARY = "hunter2-in-the-jvm", "ann@example.org"
PROGRAM = """
import json, os, sys, urllib.request
os.umask(0o027)
from conf.deployment import Spark
from jobs.core.error_text import safe_message
from jobs.spark.session import session_for

def opened(pid):
    for handle in os.listdir(f"/proc/{pid}/fd"):
        try:
            yield os.readlink(f"/proc/{pid}/fd/{handle}")
        except FileNotFoundError:  # closed in the meantime
            continue

settings = {"spark.hadoop.fs.s3a.secret.key": "env:S3_SECRET", "spark.ui.enabled": True, "spark.ui.port": 0,
            "spark.driver.memory": "512m", "spark.eventLog.enabled": True, "spark.eventLog.dir": "file:" + sys.argv[3],
            "spark.eventLog.compress": False}
spark = session_for("probe", Spark(master="local[1]", settings=settings))
pid = spark._jvm.java.lang.ProcessHandle.current().pid()
messages = {}
for program in (lambda: spark.createDataFrame([(sys.argv[1],)], "a string").selectExpr("cast(a as int)").collect(),
                lambda: spark.sparkContext.parallelize([sys.argv[1]]).map(int).collect()):
    try:
        program()
    except Exception as error:
        messages[safe_message(error)] = sys.argv[1] in str(error)
spark.range(3).write.parquet(sys.argv[2])
print(json.dumps({
    "secret": spark.sparkContext._jsc.hadoopConfiguration().get("fs.s3a.secret.key"),
    "command": open(f"/proc/{pid}/cmdline").read(),
    "page": urllib.request.urlopen(spark.sparkContext.uiWebUrl + "/environment/").read().decode(),
    "sockets": list(opened(pid)),
    "listening": [line.split() for kind in ("tcp", "tcp6") for line in open(f"/proc/{pid}/net/{kind}")],
    "messages": messages,
}))
spark.stop()
"""
LISTENS, LOOPBACKS = "0A", {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    """What a session in a process of its own reported, what it printed, and the folder that it wrote."""
    folder, events = tmp_path_factory.mktemp("probe") / "lake", tmp_path_factory.mktemp("events")
    environment = {name: value for name, value in os.environ.items() if name != "SPARK_LOCAL_IP"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, CANARY, str(folder), str(events)],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment | {"S3_SECRET": SECRET},
    )
    assert done.returncode == 0, done.stderr
    answer = next(line for line in done.stdout.splitlines() if line.startswith("{"))
    return json.loads(answer) | {"stderr": done.stderr, "folder": folder, "events": events}


def test_driver_block_manager_and_ui_listen_on_loopback_alone(probe):
    sockets = {
        socket.removeprefix("socket:[").removesuffix("]") for socket in probe["sockets"] if socket.startswith("socket:")
    }
    addresses = [line[1].split(":")[0] for line in probe["listening"] if line[3] == LISTENS and line[9] in sockets]
    assert len(addresses) >= 3  # driver, block manager, UI; and the gateway for Python
    assert set(addresses) <= LOOPBACKS


def test_a_secret_reaches_spark_and_stands_neither_on_its_command_line_nor_on_its_pages(probe):
    assert probe["secret"] == SECRET
    assert SECRET not in probe["command"]
    assert "spark.sql.shuffle.partitions" in probe["command"], "other settings do stand there"
    assert SECRET not in probe["page"]
    assert "fs.s3a.secret.key" in probe["page"]


def test_a_value_that_a_query_stumbles_over_is_not_logged(probe):
    assert list(probe["messages"].values()) == [True, True], "both errors hold the value"
    assert "ERROR Executor: Exception in task" in probe["stderr"]
    assert CANARY not in probe["stderr"] + "".join(probe["messages"])
    assert any("CAST_INVALID_INPUT" in message for message in probe["messages"])


def test_what_spark_writes_is_not_for_others(probe):
    paths = [probe["folder"], *probe["folder"].rglob("*")]
    assert len(paths) > 2
    assert [path for path in paths if path.stat().st_mode & 0o027] == []


def test_an_event_log_holds_no_secret_and_is_not_for_others(probe):
    paths = list(probe["events"].rglob("*"))
    log = "".join(path.read_text() for path in paths if path.is_file())
    assert "fs.s3a.secret.key" in log
    assert SECRET not in log
    assert CANARY in log, "what a task stumbled over is there: docs/observability.md says whom it is for"
    assert [path for path in paths if path.stat().st_mode & 0o007] == []


def test_a_missing_variable_stops_the_session_before_it_starts(monkeypatch):
    monkeypatch.delenv("S3_SECRET", raising=False)
    spark = Spark(settings={"spark.hadoop.fs.s3a.secret.key": "env:S3_SECRET"})
    with pytest.raises(SettingsError, match=r"S3_SECRET is not set; deployment.yaml: spark.settings.spark.hadoop"):
        session_settings("shop", spark, "UTC")


def test_what_the_jvm_reads_at_its_start_cannot_be_secret(monkeypatch):
    monkeypatch.setenv("OPTIONS", "-Dours=1")
    with pytest.raises(SettingsError, match="is on a command line that all can read") as error:
        session_settings("shop", Spark(settings={"spark.driver.extraJavaOptions": "env:OPTIONS"}), "UTC")
    assert "-Dours" not in str(error.value)


@pytest.mark.parametrize(("master", "host"), [("local[2]", "127.0.0.1"), ("spark://host:7077", None)])
def test_a_cluster_reaches_the_driver_where_its_operator_says(master, host):
    settings, _ = session_settings("shop", Spark(master=master), "UTC")
    assert settings.get("spark.driver.bindAddress") == settings.get("spark.driver.host") == host


def test_the_operators_word_goes_before_ours(monkeypatch):
    settings, _ = session_settings("shop", Spark(settings={"spark.driver.bindAddress": "10.0.0.7"}), "UTC")
    assert settings["spark.driver.bindAddress"] == "10.0.0.7"
    monkeypatch.setenv("SPARK_LOCAL_IP", "10.0.0.7")
    prepare("local[*]")
    assert os.environ["SPARK_LOCAL_IP"] == "10.0.0.7"
