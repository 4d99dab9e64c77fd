"""All of Airflow on one machine: it listens there alone, and runs what is asked of its pages."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jobs.core.stages import STAGES

START = Path(__file__).parents[2] / "airflow_dags" / "start"
PATIENCE = 900
ONEOFFER, SALT = Path(sys.executable).with_name("oneoffer"), "oneoffer-demo"
NIGHT, TRAINING, DONE = "oneoffer_nightly", "oneoffer_training", {"success", "failed"}
ZONE = "Europe/Zurich"


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
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def get(self, path):
        return self.send("GET", path, None)

    def post(self, path, **body):
        return self.send("POST", path, body)

    def unpause(self, dag):
        until(lambda: any(item["dag_id"] == dag for item in self.get("/api/v2/dags")["dags"]))
        self.send("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False})

    def name_program(self, **places):
        """Set the variables that say what tasks run, which go before the environment."""
        for name, place in places.items():
            self.post("/api/v2/variables", key=f"oneoffer_{name}", value=str(place))

    def backfill(self, first, last):
        """Ask for the nights between two days as the page does if nothing else is said."""
        days = {"from_date": f"{first}T00:00:00Z", "to_date": f"{last}T23:00:00Z"}
        self.post("/api/v2/backfills", dag_id=NIGHT, **days)

    def questions(self, dag):
        """What the runs of a DAG ask somebody and nobody has answered yet."""
        result = self.get(f"/api/v2/dags/{dag}/dagRuns/~/hitlDetails?response_received=false")
        return result["hitl_details"]

    def runs(self, dag):
        return self.get(f"/api/v2/dags/{dag}/dagRuns")["dag_runs"]

    def ended(self, dag, count, kind, *, since="", before="9", retry=PATIENCE):
        """The runs of a DAG, of a kind and between two days, once there are so many and all have ended."""

        def runs_of_kind():
            runs = [run for run in self.runs(dag) if run["run_type"] == kind]
            return [run for run in runs if since <= (run["logical_date"] or "") < before]

        until(lambda: len(runs_of_kind()) == count and all(item["state"] in DONE for item in runs_of_kind()), retry)
        return runs_of_kind()


def until(is_so, retry=PATIENCE):
    deadline = time.monotonic() + retry
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(1)


def is_up(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/monitor/health", timeout=5) as answer:
            return {part["status"] for part in json.loads(answer.read()).values()} == {"healthy"}
    except OSError:
        return False


@pytest.fixture(scope="module")
def started(airflow_home, free_port):
    airflow_home.forget()
    conf, port = airflow_home.folder / "conf", free_port()
    conf.mkdir(exist_ok=True)
    (conf / "deployment.yaml").write_text(f"currency: EUR\ntime_zone: {ZONE}    # whose days count\n")
    environment = airflow_home.environment | {"ONEOFFER_AIRFLOW_PORT": port, "ONEOFFER_SALT": SALT}
    environment |= {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}  # where the tests find our packages, so do programs
    printed = airflow_home.folder / "printed"
    with printed.open("w") as output:
        running = subprocess.Popen([START], env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        until(lambda: is_up(port))
        airflow_home.pages = Pages(port, airflow_home.folder / "home")
        airflow_home.group, airflow_home.printed = running.pid, printed.read_text()
        yield airflow_home
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(60)


def test_its_days_are_those_of_the_deployment(started):
    assert f"with the days of {ZONE};" in started.printed


def test_it_says_where_its_page_and_its_password_are_and_listens_on_loopback_alone(started, listens_here_alone):
    assert f"Page: {started.pages.address}" in started.printed
    assert "password: in" in started.printed
    assert listens_here_alone(started.group)


def test_nothing_that_it_makes_is_for_others(started):
    home = started.folder / "home"
    assert [path for path in home.glob("*.generated") if path.stat().st_mode & 0o007] == []
    assert not (home / "start.log").stat().st_mode & 0o007


def test_a_night_is_triggered_by_its_page_and_its_consumer_acknowledges_the_set(started):
    pages = started.pages
    pages.unpause("oneoffer_consumer_example")
    pages.unpause(NIGHT)
    assert pages.runs(NIGHT) == [], "no night runs because its DAG was switched on"
    pages.post(f"/api/v2/dags/{NIGHT}/dagRuns", logical_date=None, conf={"as_of": "2026-02-01"})
    (run,) = pages.ended(NIGHT, 1, "manual")
    assert run["state"] == "success"
    assert [command.split()[0] for command in started.commands] == list(STAGES)
    assert {command.split()[-1] for command in started.commands} == {"2026-02-01"}
    (taken,) = pages.ended("oneoffer_consumer_example", 1, "asset_triggered")
    assert taken["state"] == "success"
    assert (started.folder / "published/2026-02-01/ACK.example").read_text() == "COMMIT.1\n"


def test_a_backfill_of_dates_that_airflow_begins_at_once_runs_one_after_the_other(started):
    pages = started.pages
    started.forget()
    started.exits(build_features=99)  # nothing to do: two tasks a night are enough to see whether they mix
    pages.unpause(NIGHT)
    pages.backfill("2026-01-10", "2026-01-12")
    runs = pages.ended(NIGHT, 3, "backfill")
    assert {run["state"] for run in runs} == {"success"}
    # Where no night was scheduled before, Airflow makes up last night as soon as it knows of any earlier one.
    (last_night,) = pages.ended(NIGHT, 1, "scheduled")
    days = ["2026-01-10", "2026-01-11", "2026-01-12", day_of(last_night)]
    expected = [(stage, day) for day in days for stage in STAGES[:2]]
    assert [(command.split()[0], command.split()[-1]) for command in started.commands] == expected


def day_of(run):
    return str(datetime.fromisoformat(run["logical_date"]).astimezone(ZoneInfo(ZONE)).date())


def test_a_date_of_a_backfill_that_fails_stops_the_dates_after_it(started):
    pages = started.pages
    started.forget()
    started.exits(gate_sources=10)
    pages.unpause(NIGHT)
    pages.backfill("2026-01-20", "2026-01-21")
    runs = pages.ended(NIGHT, 2, "backfill", since="2026-01-15")
    assert [run["state"] for run in runs] == ["failed", "failed"]
    assert [command.split()[-1] for command in started.commands] == ["2026-01-20"]


def test_a_challenger_is_promoted_in_the_name_of_who_approved_it_on_the_page(started):
    pages = started.pages
    started.forget()
    pages.unpause(TRAINING)
    pages.post(f"/api/v2/dags/{TRAINING}/dagRuns", logical_date=None, conf={"as_of": "2026-02-01"})
    until(lambda: pages.questions(TRAINING))  # of that run, or of last Sunday's, which Airflow may make up first
    assert [command.split()[0] for command in started.commands] == ["train", "models"], "nothing is promoted before"
    (question,) = pages.questions(TRAINING)
    run = f"/api/v2/dags/{TRAINING}/dagRuns/{question['task_instance']['dag_run_id']}"
    pages.send("PATCH", f"{run}/taskInstances/approve/-1/hitlDetails", {"chosen_options": ["Approve"]})
    until(lambda: pages.get(run)["state"] in DONE)
    assert pages.get(run)["state"] == "success"
    assert started.commands[2].startswith("train --promote ")
    assert started.noted("users")[:3] == ["", "", "admin"]


def test_new_responses_measure_the_forecasts_of_two_months_ago(started):
    pages = started.pages
    started.forget()
    pages.unpause("oneoffer_measure")
    (asset,) = [asset for asset in pages.get("/api/v2/assets")["assets"] if asset["name"] == "oneoffer_responses"]
    pages.post("/api/v2/assets/events", asset_id=asset["id"])
    (run,) = pages.ended("oneoffer_measure", 1, "asset_triggered")
    assert run["state"] == "success"
    (command,) = [command for command in started.commands if command.startswith("measure ")]
    due = datetime.fromisoformat(run["run_after"]).astimezone(ZoneInfo(ZONE)).date()
    assert command.split()[-1] == str(due - timedelta(days=61))


@pytest.mark.slow
def test_a_backfill_of_three_dates_publishes_the_bytes_of_a_replay(started, company, afresh, tree):
    replayed, backfilled, pages = afresh(company), afresh(company), started.pages
    replayed.must("replay", "--conf", "conf", "--from", "2025-03-01", "--to", "2025-03-03")
    pages.name_program(bin=ONEOFFER, conf=backfilled.folder / "conf", home=backfilled.folder)
    pages.unpause(NIGHT)
    pages.backfill("2025-03-01", "2025-03-03")
    runs = pages.ended(NIGHT, 3, "backfill", before="2025-04-01", retry=3600)
    assert {run["state"] for run in runs} == {"success"}
    assert len(list(backfilled.output.glob("*/COMMIT.1"))) == 3
    assert tree(backfilled) == tree(replayed)
