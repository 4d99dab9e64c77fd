"""Logs the figures of a published set as a run of MLflow, whose id run.json then holds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from jobs.commit.commits import Commit, committed
from jobs.core.error_text import safe_message
from jobs.core.retry import retry_until
from jobs.core.user import user
from jobs.publishing.manifest_file import LimitFacts, read_manifest
from jobs.run.run_record import record_folder
from jobs.run.status import last_attempt
from jobs.run_context import RunContext
from jobs.scoring.registry import registry_of, server_in_words
from models.tracking import NightFigures, log_night

WAIT_SECONDS = 10.0
"""The set is published: nobody needs the figures so much that a night should end later for them."""
NOT_IN_NAMES = re.compile(r"[^\w.\- :]")
"""MLflow takes `/` too; here it parts a metric's name from its group."""


def log_figures(context: RunContext, run: str, record: Path) -> dict[str, str] | None:
    """Log the figures of the date's committed set, unless they are logged already.

    Never raises: the night is published, and stays so. An error that keeps the figures from being logged is printed.

    Args:
        run: the id of the run.
        record: its run.json, or the record of its one stage.

    Returns:
        `run_id` and `experiment_id`; None where the figures were not logged.
    """
    settings = context.settings
    mlflow = settings.deployment.mlflow
    seconds = min(mlflow.wait_seconds, WAIT_SECONDS)
    try:
        commit = committed(settings.deployment.output, context.as_of)
        if commit is None:
            return None
        figures = figures_of(commit, _seconds(context), {"run": run, "run_json": str(record)})
        nights = f"{settings.deployment.name}-nights"
        where = server_in_words(settings)
        return asdict(retry_until(seconds, where, lambda: log_night(registry_of(settings, nights), figures)))
    except Exception as error:  # whatever it is, the set is published
        context.say(f"  the figures of {context.as_of} were not logged in MLflow: {safe_message(error)}")
        return None


def figures_of(commit: Commit, seconds: Mapping[str, float], tags: Mapping[str, str]) -> NightFigures:
    """The figures of a committed set, from its manifest.

    Args:
        seconds: stage -> how long it took, of stages of which it is known.
        tags: more tags of the run.
    """
    manifest = read_manifest(commit.folder)
    versions = {f"model.{model.model}": str(model.version) for model in manifest.models}
    hashes = {name: getattr(manifest, name) for name in ("code_sha256", "settings_sha256", "oneoffer")}
    plan = {name: float(getattr(manifest.plan, name)) for name in ("value", "bound", "gap")}
    return NightFigures(
        name=f"{manifest.as_of} {commit.folder.name}",
        set_name=commit.folder.name,
        parameters={
            "as_of": manifest.as_of.isoformat(),
            "set": commit.folder.name,
            "commit": str(commit.number),
            **hashes,
            **versions,
        },
        metrics={
            **plan,
            **{f"customers/{status}": float(count) for status, count in manifest.statuses.items()},
            **{f"seconds/{stage}": float(count) for stage, count in seconds.items()},
            **_uses(manifest.limits),
        },
        tags={
            "as_of": manifest.as_of.isoformat(),
            "set_folder": str(commit.folder.absolute()),
            "user": user() or "unknown",
            **tags,
        },
    )


def _uses(limits: Sequence[LimitFacts]) -> dict[str, float]:
    """Use of each limit; a name with signs that MLflow does not take gets its place in the list, to stay unique."""
    uses = {}
    for position, limit in enumerate(limits):
        name = NOT_IN_NAMES.sub("_", limit.name)
        if limit.use is not None:
            uses[f"limits/{name if name == limit.name else f'{name} {position}'}"] = limit.use
    return uses


def _seconds(context: RunContext) -> dict[str, float]:
    """Of every stage that the date's records list."""
    folder = record_folder(context.settings.deployment.lake, context.as_of)
    return {stage.stage: stage.seconds for stage in last_attempt(folder).stages}
