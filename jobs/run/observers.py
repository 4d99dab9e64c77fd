"""The observers of a run's stages that deployment.yaml's `observability` switches on."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Protocol

from conf.errors import SettingsError
from jobs.core.files import append_line
from jobs.run.stage_run import StageRun
from jobs.run_context import RunContext


class NightLog:
    """Writes to a file that several runs may share, or to stderr; a failure is reported once per run."""

    def __init__(self, target: Path | Literal["stderr"], say: Callable[[str], None]) -> None:
        self._target, self._say, self._has_failed = target, say, False

    def began(self, stage_run: StageRun) -> None:
        """The line of a stage that begins."""
        self._write(stage_run, "start", stage_run.began, {})

    def ended(self, stage_run: StageRun) -> None:
        """The line of a stage that has ended."""
        self._write(stage_run, "end", stage_run.ended or stage_run.began, stage_run.facts())

    def close(self, error: BaseException | None) -> None:
        """A line is in the file when it is written: there is nothing to end."""

    def _write(self, stage_run: StageRun, event: str, time: datetime, facts: dict[str, Any]) -> None:
        run = {
            "deployment": stage_run.deployment,
            "as_of": stage_run.as_of.isoformat(),
            "run": stage_run.run,
            "stage": stage_run.stage,
        }
        at = time.isoformat(timespec="milliseconds")
        line = json.dumps({"time": at, "event": event, **run, **facts})
        try:
            if isinstance(self._target, Path):
                append_line(self._target, line)
            else:
                sys.stderr.write(f"{line}\n")
                sys.stderr.flush()
        except (OSError, ValueError) as error:  # a closed stderr is a ValueError
            if not self._has_failed:
                why = getattr(error, "strerror", None) or type(error).__name__
                self._say(f"  the log {self._target} cannot be written ({why}); the night goes on without it")
            self._has_failed = True


class Observer(Protocol):
    """Receives the events of a run. It decides nothing and never raises: a night does not fail for it."""

    def began(self, stage_run: StageRun) -> None:
        """A stage begins."""

    def ended(self, stage_run: StageRun) -> None:
        """A stage has ended, well or not."""

    def close(self, error: BaseException | None) -> None:
        """The run is over: with the error that stopped it, or without."""


def observers(context: RunContext, *, is_whole_night: bool) -> list[Observer]:
    """The observers that are switched on.

    Raises:
        SettingsError: lineage is switched on, and its package is not installed or its key not in the environment.
    """
    settings = context.settings.deployment.observability
    all_observers: list[Observer] = []
    if settings.log is not None:
        all_observers.append(NightLog(settings.log, context.say))
    if settings.openlineage is not None:
        if find_spec("openlineage") is None:
            raise SettingsError(
                "deployment.yaml: observability.openlineage needs the package openlineage-python; install it with "
                "pip install 'oneoffer[openlineage]', or leave the setting out"
            )
        from jobs.run.lineage.observer import LineageObserver  # noqa: PLC0415  an optional package

        all_observers.append(LineageObserver(context, settings.openlineage, is_whole_night=is_whole_night))
    return all_observers
