"""Run by Airflow's own environment: answers one question about the DAGs with a line of JSON.

parse: every DAG as its file declares it. run DAG_ID DATE [CONF [HOW]]: the states of its tasks after `dag.test()`, each
of which may take `seconds` and is tried again after a `delay`; what matches `marked` is green without being run.
begins [[STATE, KIND, OWN KIND]…]: whether a night begins after such a run. approver JSON: in whose name a command acts
after such an answer. nights DAY DAY: for which dates the nights decide that are due between two days. take FOLDER:
what the example of a consumer makes of a date's folder.
"""

import json
import os
import sys
import time
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pendulum
from airflow.dag_processing.dagbag import BundleDagBag
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.session import create_session

DAGS = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])


def bag():
    return BundleDagBag(dag_folder=str(DAGS), bundle_path=DAGS, bundle_name="dags-folder")


def parse():
    began = time.process_time()
    result = bag()
    return {
        "seconds": time.process_time() - began,
        "errors": result.import_errors,
        "dags": {name: described(dag) for name, dag in result.dags.items()},
    }


def described(dag):
    return {
        "doc": dag.doc_md or "",
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "schedule": str(dag.timetable),
        "params": sorted(dag.params),
        "tasks": [
            {
                "task": task.task_id,
                "after": sorted(task.upstream_task_ids),
                "owner": task.owner,
                "retries": task.retries,
                "timeout": (task.execution_timeout or getattr(task, "response_timeout", None)).total_seconds(),
                "outlets": [outlet.name for outlet in task.outlets],
                "program": type(task).__name__,
            }
            for task in dag.topological_sort()
        ],
    }


def run(name, logical_date, conf="{}", how="{}"):
    dag, output = bag().dags[name], {"seconds": 600, "delay": 0, "marked": None} | json.loads(how)
    for task in dag.tasks:
        task.retry_delay = timedelta(seconds=output["delay"])
        task.execution_timeout = timedelta(seconds=output["seconds"])
    day = None if logical_date == "none" else datetime.fromisoformat(logical_date)
    made = dag.test(logical_date=day, run_conf=json.loads(conf), mark_success_pattern=output["marked"])
    with create_session() as session:
        return {
            "run": str(made.state),
            "tasks": {ti.task_id: [str(ti.state), ti.try_number] for ti in made.get_task_instances(session=session)},
        }


class Answered:
    """A task instance that finds an answer, or a run, wherever it looks."""

    def __init__(self, answer):
        self.answer = answer

    def xcom_pull(self, **_):
        return self.answer

    def get_previous_dagrun(self):
        return self.answer


def begins(cases):
    bag()
    return [begins_after(*case) for case in json.loads(cases)]


def begins_after(state, kind, ours):
    before = SimpleNamespace(run_id="run", state=state, run_type=kind) if state else None
    task = import_module("night_before").NightBefore(task_id="night_before")
    try:
        return task.poke({"ti": Answered(before), "dag_run": SimpleNamespace(run_type=ours)})
    except Exception as error:
        return type(error).__name__


def nights(first, last):
    night = bag().dags["oneoffer_nightly"]
    dates = import_module("decision_date")
    begin, end = (pendulum.parse(moment, tz=dates.TIME_ZONE) for moment in (f"{first}T00:00:00", f"{last}T23:59:59"))
    schedule = DagSerialization.from_dict(DagSerialization.to_dict(night))
    runs = [
        SimpleNamespace(logical_date=info.logical_date, run_type="scheduled")
        for info in schedule.iter_dagrun_infos_between(begin, end)
    ]
    offset_days = night.get_task("publish").offset_days
    return [str(dates.as_of({"params": {}, "dag_run": run}, offset_days)) for run in runs]


def approver(answer):
    bag()  # makes the folder importable, as the workers do
    command = import_module("oneoffer_command").OneofferCommand(task_id="promote", approved_by="approve")
    return command._approver({"ti": Answered(json.loads(answer))})


def take(folder):
    bag()
    try:
        return import_module("consumer_example").taken(Path(folder)).name
    except Exception as error:
        return type(error).__name__


if __name__ == "__main__":
    questions = {question.__name__: question for question in (parse, run, begins, nights, approver, take)}
    answer = questions[sys.argv[1]](*sys.argv[2:])
    print("ANSWER " + json.dumps(answer))
