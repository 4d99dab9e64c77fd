"""Who is told of the stages of a run, as deployment.yaml's `observability` says."""

from importlib.util import find_spec
from typing import Protocol

from conf.errors import SettingsError
from jobs.context import RunContext
from jobs.night_log import NightLog
from jobs.stage_run import StageRun


class Observer(Protocol):
    """Is told what happens. It decides nothing, and never raises: a night does not fail for it."""

    def began(self, one: StageRun) -> None:
        """A stage begins."""

    def ended(self, one: StageRun) -> None:
        """A stage has ended, well or not."""

    def close(self, error: BaseException | None) -> None:
        """The run is over: with what stopped it, or well."""


def observers(context: RunContext, *, is_whole_night: bool) -> list[Observer]:
    """Those that are switched on.

    Raises:
        SettingsError: lineage is to be told, and its package is not installed or its key not in the environment.
    """
    settings = context.settings.deployment.observability
    found: list[Observer] = []
    if settings.log is not None:
        found.append(NightLog(settings.log, context.say))
    if settings.openlineage is not None:
        if find_spec("openlineage") is None:
            raise SettingsError(
                "deployment.yaml: observability.openlineage needs the package openlineage-python; install it with "
                "pip install 'oneoffer[openlineage]', or leave the setting out"
            )
        from jobs.lineage.observer import LineageObserver  # noqa: PLC0415  an optional package

        found.append(LineageObserver(context, settings.openlineage, is_whole_night=is_whole_night))
    return found
