"""Runs the stages of a night in order and records how each ended."""

from collections.abc import Sequence
from importlib import import_module

from jobs.commit.lock import date_lock, fenced
from jobs.core.deaths import deaths_named
from jobs.core.disk import disk_failures
from jobs.core.stages import STAGES
from jobs.run.observers import observers
from jobs.run.run_record import RunRecord
from jobs.run_context import RunContext


def run_stages(context: RunContext, stages: Sequence[str] = STAGES) -> None:
    """Run the stages in order under the date's lock; a record says what happened, also when a stage fails.

    Raises:
        PolicyError, SettingsError: the policy cannot be followed, or something is missing; nothing was started.
        Locked: another run works on the date, or has taken it over.
        DiskFailed: a disk is full or broken.
        Exception: what a stage raised; the stages after it did not run.
    """
    from jobs.run.preflight import check_policy  # noqa: PLC0415  imports pyspark

    check_policy(context)
    run_observers = observers(context, is_whole_night=len(stages) > 1)
    lock = date_lock(context.settings.deployment.output, context.as_of, take_over=context.takes_over)
    with lock as run_folder, disk_failures(context.as_of):
        context.run_folder = run_folder
        try:
            record = RunRecord(context, stages, run_observers)
            with record.kept():
                context.lake.remove_leftovers(context.as_of)
                for stage in stages:
                    _run_stage(context, stage, record)
            if "publish" in stages:
                _log_figures(context, record)
        finally:
            context.run_folder = None


def _run_stage(context: RunContext, stage: str, record: RunRecord) -> None:
    fence = fenced(context.held_run_folder())
    with record.stage(stage) as stage_run, deaths_named(), disk_failures(context.as_of), fence:
        import_module(f"jobs.stages.{stage}").run(context)
    context.say(f"{stage:<18}{stage_run.seconds:7.1f} s")


def _log_figures(context: RunContext, record: RunRecord) -> None:
    """After the record is written: a run that is killed while it waits for MLflow leaves it behind."""
    if context.settings.deployment.observability.mlflow_nights:
        from jobs.run.night_figures import log_figures  # noqa: PLC0415  imports MLflow

        record.write(mlflow=log_figures(context, record.run, record.path))
