"""Writes run.json while the run goes on, so that a run that is killed leaves its record."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jobs.core.files import make_folder
from jobs.core.stages import STAGES
from jobs.core.table_io import TableIO
from jobs.run.observers import Observer
from jobs.run.run_file import RunFile
from jobs.run.stage_run import StageRun
from jobs.run_context import RunContext

WHOLE = "run"
"""Name of the record of a whole night; the record of a single stage has the stage's name."""


def record_folder(lake: Path, as_of: date) -> Path:
    """Where the records of a date's runs lie, beside the lake's tables."""
    return lake / "runs" / f"as_of={as_of.isoformat()}"


def record_file(context: RunContext, stages: Sequence[str] = STAGES) -> Path:
    """The record of a run: run.json of a night, `<stage>.json` of one stage."""
    name = stages[0] if len(stages) == 1 else WHOLE
    return record_folder(context.settings.deployment.lake, context.as_of) / f"{name}.json"


class RunRecord:
    """The record of one run that holds its date; observers are notified at the same moments."""

    def __init__(self, context: RunContext, stages: Sequence[str], observers: Sequence[Observer]) -> None:
        self.path = record_file(context, stages).absolute()
        self.run = context.held_run_folder().token
        self._context, self._observers = context, observers
        self._content: dict[str, Any] = {"as_of": context.as_of.isoformat(), "run": self.run, "began": _now()}
        self._content["stages"] = []
        self._has_failed = False

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the record from before the first stage to the end of the last one that ran."""
        error: BaseException | None = None
        self.write()
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            for observer in self._observers:
                observer.close(error)
            self.write(ended=_now())

    @contextmanager
    def stage(self, name: str) -> Iterator[StageRun]:
        """Notify observers that the stage begins, and how it ended."""
        context = self._context
        stage_run = StageRun(context.settings.deployment.name, context.as_of, name, self.run)
        context.table_io = stage_run.table_io
        for observer in self._observers:
            observer.began(stage_run)
        error: BaseException | None = None
        try:
            yield stage_run
        except BaseException as raised:
            error = raised
            raise
        finally:
            context.table_io = TableIO()
            stage_run.end(context.lake, error)
            self._content["stages"].append(stage_run.facts())
            for observer in self._observers:
                observer.ended(stage_run)
            if error is None:
                self.write()

    def write(self, **more: object) -> None:
        """Put the record where it is looked for, with more facts; not over that of a run that has taken the date.

        A disk error is reported once and does not fail the run: the set may be published by then.
        """
        self._content |= more
        if not self._context.held_run_folder().is_there():
            return
        try:
            self._put()
        except OSError as error:
            if not self._has_failed:
                self._context.say(f"  {self.path} cannot be written ({error.strerror}); the night goes on without it")
            self._has_failed = True

    def _put(self) -> None:
        make_folder(self.path.parent)
        draft = self.path.with_suffix(".draft")
        content = RunFile.model_validate(self._content).plain()
        draft.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        draft.replace(self.path)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
