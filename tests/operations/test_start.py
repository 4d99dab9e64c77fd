"""All of Airflow on one machine: it listens there alone, and runs what is asked of its pages."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs.stages import STAGES

START = Path(__file__).parents[2] / "airflow_dags" / "start"
PATIENCE = 240
LOOPBACKS = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
NIGHT, DONE = "oneoffer_nightly", {"success", "failed"}


class Pages:
    """Airflow's REST API, as somebody who has the password."""

    def __init__(self, port, home):
        self.address = f"http://127.0.0.1:{port}"
        (word,) = json.loads((home / "simple_auth_manager_passwords.json.generated").read_text()).values()
        self.token = None
        self.token = self.post("/auth/token", username="admin", password=word)["access_token"]

    def send(self, method, path, body):
        head = {"Content-Type": "application/json"}
        head |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, head, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def get(self, path):
        return self.send("GET", path, None)

    def post(self, path, **body):
        return self.send("POST", path, body)

    def unpause(self, dag):
        until(lambda: any(one["dag_id"] == dag for one in self.get("/api/v2/dags")["dags"]))
        self.send("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False})

    def runs(self, dag):
        return self.get(f"/api/v2/dags/{dag}/dagRuns")["dag_runs"]

    def ended(self, dag, count, kind):
        """The runs of a DAG and a kind, once there are so many and all have ended."""

        def found():
            return [one for one in self.runs(dag) if one["run_type"] == kind]

        until(lambda: len(found()) == count and all(one["state"] in DONE for one in found()))
        return found()


def until(is_so):
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(1)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def is_up(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/monitor/health", timeout=5) as answer:
            return {part["status"] for part in json.loads(answer.read()).values()} == {"healthy"}
    except OSError:
        return False


@pytest.fixture(scope="module")
def started(airflow_home):
    airflow_home.forget()
    port = free_port()
    surroundings = airflow_home.environment | {"ONEOFFER_AIRFLOW_PORT": str(port)}
    told = airflow_home.folder / "told"
    with told.open("w") as output:
        running = subprocess.Popen([START], env=surroundings, stdout=output, stderr=output, start_new_session=True)
    try:
        until(lambda: is_up(port))
        airflow_home.pages = Pages(port, airflow_home.folder / "home")
        airflow_home.group, airflow_home.told = running.pid, told.read_text()
        yield airflow_home
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(60)


def processes(group):
    """The processes of a group and of the sessions that they began, as numbers."""
    parents = {int(one): parent(one) for one in os.listdir("/proc") if one.isdigit()}
    found, size = {group}, 0
    while size != len(found):
        size = len(found)
        found |= {one for one, above in parents.items() if above in found}
    return found


def parent(number):
    try:
        return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def sockets_of(numbers):
    for number in numbers:
        for one in Path(f"/proc/{number}/fd").glob("*"):
            try:
                yield os.readlink(one)
            except OSError:  # closed in the meantime
                continue


def test_it_says_where_its_page_and_its_password_are_and_listens_on_loopback_alone(started):
    assert f"Page: {started.pages.address}" in started.told
    assert "password: in" in started.told
    own = {one.removeprefix("socket:[").removesuffix("]") for one in sockets_of(processes(started.group))}
    lines = [line.split() for kind in ("tcp", "tcp6") for line in Path(f"/proc/net/{kind}").read_text().splitlines()]
    found = {line[1].split(":")[0] for line in lines if line[3] == "0A" and line[9] in own}
    assert found
    assert found <= LOOPBACKS


def test_nothing_that_it_makes_is_for_others(started):
    home = started.folder / "home"
    assert [one for one in home.glob("*.generated") if one.stat().st_mode & 0o007] == []
    assert not (home / "start.log").stat().st_mode & 0o007


def test_a_night_is_triggered_by_its_page_and_its_consumer_acknowledges_the_set(started):
    pages = started.pages
    pages.unpause("oneoffer_consumer_example")
    pages.unpause(NIGHT)
    assert pages.runs(NIGHT) == [], "no night runs because its DAG was switched on"
    pages.post(f"/api/v2/dags/{NIGHT}/dagRuns", logical_date=None, conf={"as_of": "2026-02-01"})
    (run,) = pages.ended(NIGHT, 1, "manual")
    assert run["state"] == "success"
    assert [one.split()[0] for one in started.commands] == list(STAGES)
    assert {one.split()[-1] for one in started.commands} == {"2026-02-01"}
    (taken,) = pages.ended("oneoffer_consumer_example", 1, "asset_triggered")
    assert taken["state"] == "success"
    assert (started.folder / "published/2026-02-01/ACK.example").read_text() == "COMMIT.1\n"


def test_a_backfill_runs_its_dates_in_order_each_for_the_day_before(started):
    pages = started.pages
    started.forget()
    started.exits(gate_sources=99)  # nothing to do: one task a night is enough to see its date
    pages.unpause(NIGHT)
    days = {"from_date": "2026-01-10T00:00:00Z", "to_date": "2026-01-12T23:00:00Z"}
    pages.post("/api/v2/backfills", dag_id=NIGHT, max_active_runs=1, **days)
    runs = pages.ended(NIGHT, 3, "backfill")
    assert {one["state"] for one in runs} == {"success"}
    dates = [one.split()[-1] for one in started.commands]
    # Where no night was scheduled before, Airflow makes up last night as soon as it knows of any earlier one.
    assert [one for one in dates if one < "2026-02"] == ["2026-01-09", "2026-01-10", "2026-01-11"]


def test_new_responses_measure_the_forecasts_of_two_months_ago(started):
    pages = started.pages
    started.forget()
    pages.unpause("oneoffer_measure")
    (asset,) = [one for one in pages.get("/api/v2/assets")["assets"] if one["name"] == "oneoffer_responses"]
    pages.post("/api/v2/assets/events", asset_id=asset["id"])
    (run,) = pages.ended("oneoffer_measure", 1, "asset_triggered")
    assert run["state"] == "success"
    (command,) = started.commands
    due = datetime.fromisoformat(run["run_after"]).astimezone(UTC).date()
    assert command.split()[0] == "measure"
    assert command.split()[-1] == str(due - timedelta(days=61))
