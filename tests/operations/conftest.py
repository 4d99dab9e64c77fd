"""What the night runs among: Airflow in its own environment, a Spark cluster, an MLflow server; all of them real."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AIRFLOW = Path(os.environ.get("ONEOFFER_AIRFLOW", ROOT / ".venv-airflow"))
LISTENS = "0A"
LOOPBACKS = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
PROBE = Path(__file__).parent / "programs" / "airflow_probe.py"
STAND_IN = """#!/bin/sh
settings='{{"environment": {{"SPARK_HOME": "{folder}/spark"}}, "settings": {{"spark.driver.memory": "3g"}}}}'
test "$1" = submission && echo "$settings" && exit
echo "$@" >> {folder}/commands
echo "$ONEOFFER_USER" >> {folder}/users
env | sort > {folder}/environment
test -f {folder}/exits/sleep && echo $$ > {folder}/number && exec sleep 300
test -f {folder}/exits/$1 && exit $(cat {folder}/exits/$1)
test "$1" = publish || exit 0
day={folder}/published/$5 && mkdir -p $day/set-1 && cd $day/set-1
echo content > email.csv && sha256sum email.csv > SHA256SUMS && echo '{{"set": "set-1"}}' > ../COMMIT.1
"""


SUBMIT = """#!/bin/sh
echo "$@" >> {folder}/submitted
env | sort > {folder}/submit_environment
until test "${{1%.py}}" != "$1"; do shift; done
shift
{folder}/oneoffer "$@"
"""
"""As the real one: the program is a child, which outlives spark-submit if that alone is killed."""


@pytest.fixture(autouse=True)
def group_is_named():
    """These tests run in one process, so no night is made twice and their files need no group."""


class Airflow:
    """Airflow with a program that stands in for oneoffer: it notes how it was called, and exits as the test asks."""

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
        notes = [self.folder / name for name in ("commands", "users", "submitted")]
        for item in [*(self.folder / "exits").iterdir(), *notes]:
            item.unlink(missing_ok=True)
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
            timeout=3600,
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


class Service:
    """A script of operations/ that runs until it is ended."""

    def __init__(self, script, folder, **environment):
        self.folder = folder
        self.output = folder.with_name(f"{folder.name}.output")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [ROOT / "operations" / script],
                env=os.environ | {"ONEOFFER_PYTHON": sys.executable} | environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def up(self, is_up):
        """Wait until it is; itself."""
        for _ in range(240):
            assert self.process.poll() is None, self.output.read_text()
            if is_up():
                return self
            time.sleep(1)
        raise AssertionError(f"{self.process.args} did not come up")

    def end(self):
        """End it and all that it started."""
        self.process.terminate()
        self.process.wait(60)


@pytest.fixture(scope="session")
def free_port():
    """Finds a port on which nobody listens."""

    def find():
        with socket.socket() as item:
            item.bind(("127.0.0.1", 0))
            return str(item.getsockname()[1])

    return find


@pytest.fixture(scope="session")
def cluster(tmp_path_factory, free_port):
    """A Spark cluster of two workers; `master` is its address, `restart` ends a worker and what it runs by force."""
    home, port = tmp_path_factory.mktemp("cluster"), free_port()
    service = Service("spark_cluster", home, ONEOFFER_SPARK_HOME=str(home), ONEOFFER_SPARK_PORT=port)
    service.master = f"spark://127.0.0.1:{port}"
    service.joined = lambda: (home / "master.log").read_text().count("Registering worker")
    try:
        yield service.up(lambda: (home / "master.log").exists() and service.joined() == 2)
    finally:
        service.end()


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory, free_port):
    """Starts MLflow servers, each with a database of its own unless one is named; `uri` is where one listens."""
    started = []

    def start(port=None, home=None, **environment):
        port, home = port or free_port(), home or tmp_path_factory.mktemp("mlflow-server")
        service = Service(
            "mlflow_server", home, ONEOFFER_MLFLOW_HOME=str(home), ONEOFFER_MLFLOW_PORT=port, **environment
        )
        service.uri = f"http://127.0.0.1:{port}"
        started.append(service)
        return service.up(lambda: answers(f"{service.uri}/health"))

    yield start
    for service in started:
        service.end()


def answers(address):
    """Whether a page is there."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def afresh(tmp_path_factory):
    """Copies a workplace with its sources and models, and without anything computed or published."""

    def copy(place):
        folder = tmp_path_factory.mktemp("afresh") / "place"
        shutil.copytree(place.folder, folder, symlinks=True)
        for item in [*(folder / "work").rglob("lake"), *(folder / "work").rglob("published")]:
            shutil.rmtree(item)
        return type(place)(folder)

    return copy


@pytest.fixture(scope="session")
def tree():
    """Every published file and its bytes, but for locks, which say who held them last."""

    def read(place):
        (output,) = (place.folder / "work").rglob("published")
        files = (path for path in output.rglob("*") if path.is_file() and path.name != ".lock")
        return {str(path.relative_to(output)): path.read_bytes() for path in files}

    return read


@pytest.fixture(scope="session")
def listens_here_alone():
    """Whether a process and all that it started listen on this machine's loopback and nowhere else."""

    def are_loopbacks(number):
        ours = {item.removeprefix("socket:[").removesuffix("]") for item in _sockets_of(_below(number))}
        lines = [line for kind in ("tcp", "tcp6") for line in Path(f"/proc/net/{kind}").read_text().splitlines()]
        result = [line.split() for line in lines]
        addresses = {line[1].split(":")[0] for line in result if line[3] == LISTENS and line[9] in ours}
        assert addresses, "it listens somewhere"
        return addresses <= LOOPBACKS

    return are_loopbacks


def _below(number):
    parents = {int(name): _parent(name) for name in os.listdir("/proc") if name.isdigit()}
    result, size = {number}, 0
    while size != len(result):
        size = len(result)
        result |= {value for value, above in parents.items() if above in result}
    return result


def _parent(number):
    try:
        return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _sockets_of(numbers):
    for number in numbers:
        for path in Path(f"/proc/{number}/fd").glob("*"):
            try:
                yield os.readlink(path)
            except OSError:  # closed in the meantime
                continue
