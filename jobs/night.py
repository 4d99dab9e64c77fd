"""The night: its stages in their order, timed, with a record of how each ended."""

import json
import resource
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import Any

from jobs.context import RunContext
from jobs.disk import disk_failures
from jobs.durable_files import make_folder
from jobs.error_text import told
from jobs.exit_codes import OK, exit_code
from jobs.lock import date_lock, fenced
from jobs.stages import STAGES


def run_stages(context: RunContext, stages: Sequence[str] = STAGES) -> None:
    """Run the stages in order under the date's lock; a record tells what happened, also when one of them says no.

    Raises:
        PolicyError, SettingsError: the policy cannot be followed; nothing was started.
        Locked: another run works on the date, or has taken it over.
        DiskFailed: a disk is full or broken.
        Exception: what a stage raised; the stages after it did not run.
    """
    from jobs.preflight import check_policy  # noqa: PLC0415  imports pyspark

    check_policy(context)
    record: dict[str, Any] = {"as_of": context.as_of.isoformat(), "began": _now(), "stages": []}
    lock = date_lock(context.settings.deployment.output, context.as_of, take_over=context.takes_over)
    with lock as room, disk_failures(context.as_of):
        context.room = room
        try:
            context.lake.remove_leftovers(context.as_of)
            for stage in stages:
                _run_stage(context, stage, record)
        finally:
            record["ended"] = _now()
            if room.is_there():  # else the record is another run's
                _write(record_file(context, stages), record)
            context.room = None


def record_file(context: RunContext, stages: Sequence[str] = STAGES) -> Path:
    """Where the record of a run lies, beside the lake's tables: run.json of a night, `<stage>.json` of one stage."""
    name = stages[0] if len(stages) == 1 else "run"
    return context.settings.deployment.lake / "runs" / f"as_of={context.as_of.isoformat()}" / f"{name}.json"


def _run_stage(context: RunContext, stage: str, record: dict[str, Any]) -> None:
    began = monotonic()
    entry: dict[str, Any] = {"stage": stage, "exit": OK}
    record["stages"].append(entry)
    try:
        with disk_failures(context.as_of), fenced(context.held_room()):
            import_module(f"jobs.{stage}").run(context)
    except BaseException as error:
        entry |= {"exit": exit_code(error), "error": type(error).__name__, "message": told(error)}
        raise
    finally:
        entry |= {"seconds": round(monotonic() - began, 3), "driver_peak_mib": _peak_mib()}
    context.say(f"{stage:<18}{entry['seconds']:7.1f} s")


def _write(path: Path, record: dict[str, Any]) -> None:
    make_folder(path.parent)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(path)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
