"""# A receiving system, as an example

Takes each set that the night publishes: finds the newest COMMIT of the date, checks every file by its hash, and says
with an ACK that it was taken. From then on the set cannot be superseded. Copy this file, give it a channel's
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
from hashlib import sha256
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
    stated = json.loads(commit.read_text(encoding="utf-8"))
    folder = day / Path(stated["set"]).name
    sealed = {"SHA256SUMS": stated["sha256"], "audit.json": stated["audit_sha256"]}
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    is_changed = any(sha256((folder / name).read_bytes()).hexdigest() != digest for name, digest in sealed.items())
    if is_changed or subprocess.run(check, cwd=folder, check=False).returncode:  # noqa: S603  no word is from outside
        raise AirflowFailException(f"{folder}: a file is not the one that was audited")
    listed = {line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    if listed | set(sealed) != {path.name for path in folder.iterdir() if path.is_file() and not path.is_symlink()}:
        raise AirflowFailException(f"{folder}: something lies there that was not audited")
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
