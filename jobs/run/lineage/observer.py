"""Sends OpenLineage events that name the inputs and outputs of every stage."""

from datetime import UTC, datetime
from functools import partial

from openlineage.client.event_v2 import RunState

from conf.observability import OpenLineage
from jobs.run.lineage.delivery import delivery
from jobs.run.lineage.events import night_event, stage_event
from jobs.run.lineage.sender import Sender
from jobs.run.stage_run import StageRun
from jobs.run_context import RunContext


class LineageObserver:
    """One START and one COMPLETE or FAIL for each stage; around those of a whole night, the same for the night."""

    def __init__(self, context: RunContext, settings: OpenLineage, *, is_whole_night: bool) -> None:
        self._context, self._settings, self._is_whole_night = context, settings, is_whole_night
        self._sender = Sender(delivery(settings))
        self._first: StageRun | None = None

    def began(self, stage_run: StageRun) -> None:
        """The START of a stage, and of the night before its first."""
        if self._first is None:
            self._first = stage_run
            self._tell_of_the_night(RunState.START, stage_run.began)
        self._tell(RunState.START, stage_run)

    def ended(self, stage_run: StageRun) -> None:
        """The COMPLETE or FAIL of a stage, with its tables."""
        self._tell(RunState.COMPLETE if stage_run.error is None else RunState.FAIL, stage_run)

    def close(self, error: BaseException | None) -> None:
        """The end of the night, and a sentence where events have not arrived."""
        self._tell_of_the_night(RunState.COMPLETE if error is None else RunState.FAIL, datetime.now(UTC))
        missing = self._sender.close(self._settings.wait_seconds)
        if missing:
            where, why = self._settings.url or self._settings.file, self._sender.error
            kind = f"in {self._settings.wait_seconds:g} seconds" if why is None else f"({type(why).__name__})"
            self._context.say(f"  {missing} of {self._sender.sent} lineage events did not reach {where} {kind}")

    def _tell(self, state: RunState, stage_run: StageRun) -> None:
        settings, is_part = self._context.settings, self._is_whole_night
        self._sender.send(partial(stage_event, state, stage_run, settings, is_part_of_night=is_part))

    def _tell_of_the_night(self, state: RunState, at: datetime) -> None:
        if self._is_whole_night and self._first is not None:
            self._sender.send(partial(night_event, state, self._first, at, self._context.settings))
