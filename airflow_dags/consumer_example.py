"""# A receiving system, as an example

Takes each set that the night publishes: finds the newest COMMIT of the date, checks every file with `sha256sum`, and
says with an ACK that it was taken. From then on the set cannot be superseded. Copy this file, give it a channel's
name, and put what your system does with the files where `take` is.

**When.** Whenever `oneoffer_decisions` is updated. Only files named by a COMMIT count; a folder without one is
nobody's.

**When the task is red.** A checksum that differs: the files were changed after they were audited; send nothing, run
`oneoffer verify` on the set. "is being superseded": a corrected set is on its way, and the task is tried again by
itself.
"""

import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from oneoffer_command import DECISIONS, POLICY, setting

ACK = "ACK.example"


@task(execution_timeout=timedelta(minutes=30))
def take(triggering_asset_events: dict[object, list[object]]) -> list[str]:
    """The folders of the sets that were checked and taken."""
    days = sorted({event.extra["as_of"] for events in triggering_asset_events.values() for event in events})
    return [str(taken(Path(setting("output")) / day)) for day in days]


def taken(day: Path) -> Path:
    """Check the newest committed set of a date and acknowledge it."""
    commit = max(day.glob("COMMIT.*"), key=lambda path: int(path.suffix[1:]))
    folder = day / Path(json.loads(commit.read_text(encoding="utf-8"))["set"]).name
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    if subprocess.run(check, cwd=folder, check=False).returncode:  # noqa: S603  no word of it comes from outside
        raise AirflowFailException(f"{folder}: a file is not the one that was audited")
    (day / ACK).write_text(f"{commit.name}\n", encoding="utf-8")
    if (day / "SUPERSEDING").exists() or len(list(day.glob("COMMIT.*"))) > int(commit.suffix[1:]):
        os.unlink(day / ACK)
        raise AirflowException(f"{day}: the set is being superseded; its successor is taken at the next try")
    return folder


with DAG(
    dag_id="oneoffer_consumer_example",
    description="How a channel takes a set: check, then acknowledge.",
    doc_md=__doc__,
    schedule=[DECISIONS],
    catchup=False,
    max_active_runs=1,
    default_args=POLICY,
    tags=["oneoffer", "example"],
):
    take()
