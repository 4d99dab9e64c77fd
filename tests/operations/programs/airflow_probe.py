"""Run by Airflow's own environment: answers one question about the DAGs with a line of JSON.

parse: every DAG as its file declares it. run DAG_ID DATE [CONF [SECONDS]]: the states of its tasks after
`dag.test()`, each of which may take so long. approver JSON: in whose name a command acts after such an answer.
take FOLDER: what the example of a consumer makes of a date's folder.
"""

import json
import os
import sys
import time
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

from airflow.dag_processing.dagbag import BundleDagBag
from airflow.utils.session import create_session

DAGS = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])


def bag():
    return BundleDagBag(dag_folder=str(DAGS), bundle_path=DAGS, bundle_name="dags-folder")


def parse():
    began = time.process_time()
    found = bag()
    return {
        "seconds": time.process_time() - began,
        "errors": found.import_errors,
        "dags": {name: described(dag) for name, dag in found.dags.items()},
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
                "outlets": [one.name for one in task.outlets],
                "program": type(task).__name__,
            }
            for task in dag.topological_sort()
        ],
    }


def run(name, logical_date, conf="{}", seconds="600"):
    dag = bag().dags[name]
    for task in dag.tasks:
        task.retry_delay = timedelta(0)
        task.execution_timeout = timedelta(seconds=float(seconds))
    day = None if logical_date == "none" else datetime.fromisoformat(logical_date)
    made = dag.test(logical_date=day, run_conf=json.loads(conf))
    with create_session() as session:
        return {
            "run": str(made.state),
            "tasks": {ti.task_id: [str(ti.state), ti.try_number] for ti in made.get_task_instances(session=session)},
        }


class Answered:
    """A task instance that finds an answer wherever it looks."""

    def __init__(self, answer):
        self.answer = answer

    def xcom_pull(self, **_):
        return self.answer


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
    answer = {"parse": parse, "run": run, "approver": approver, "take": take}[sys.argv[1]](*sys.argv[2:])
    print("ANSWER " + json.dumps(answer))
