"""A JSON line when a stage begins, and one when it has ended."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from jobs.appended_lines import append_line
from jobs.stage_run import StageRun


class NightLog:
    """Writes to a file that several runs may share, or to stderr; where that fails, it is said once a run."""

    def __init__(self, target: Path | Literal["stderr"], say: Callable[[str], None]) -> None:
        self._target, self._say, self._has_failed = target, say, False

    def began(self, one: StageRun) -> None:
        """The line of a stage that begins."""
        self._write(one, "start", one.began, {})

    def ended(self, one: StageRun) -> None:
        """The line of a stage that has ended."""
        self._write(one, "end", one.ended or one.began, one.facts())

    def close(self, error: BaseException | None) -> None:
        """A line is in the file when it is written: there is nothing to end."""

    def _write(self, one: StageRun, event: str, time: datetime, facts: dict[str, Any]) -> None:
        run = {"deployment": one.deployment, "as_of": one.as_of.isoformat(), "run": one.run, "stage": one.stage}
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
