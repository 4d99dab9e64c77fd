"""The figures of a published night as a run of MLflow, one for each set."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import time

from mlflow.entities import Metric, Param, RunTag
from mlflow.tracking import MlflowClient

from models.tracking.registry import Registry, answering

SET = "set"
"""The tag by which the run of a set is found again."""
FINISHED = "FINISHED"


@dataclass(frozen=True)
class NightFigures:
    """What is logged of one set.

    Attributes:
        name: of the run, for people.
        set_name: of the set; one run has it as its tag.
        parameters: what the set was made from.
        metrics: what it came to.
        tags: who logged it, and where more can be read.
    """

    name: str
    set_name: str
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class NightRun:
    """Where the figures are."""

    run_id: str
    experiment_id: str


def log_night(registry: Registry, figures: NightFigures) -> NightRun:
    """Log the figures of a set, once: where they are logged already, that run is named and left as it is.

    A run that an earlier call began and did not finish is finished.

    Args:
        registry: opened with the experiment of the nights.
        figures: what to log.

    Raises:
        RegistryAway: MLflow does not answer.
    """
    with answering(registry.uri):
        client, experiment = registry.client, registry.experiment_id
        runs = client.search_runs([experiment], f"tags.{SET} = '{figures.set_name}'", max_results=1)
        if runs and runs[0].info.status == FINISHED:
            return NightRun(runs[0].info.run_id, experiment)
        tags = {SET: figures.set_name, **figures.tags}
        run = runs[0] if runs else client.create_run(experiment, tags=tags, run_name=figures.name)
        _fill(client, run.info.run_id, figures)
        return NightRun(run.info.run_id, experiment)


def _fill(client: MlflowClient, run_id: str, figures: NightFigures) -> None:
    now = int(time() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric(name, value, now, 0) for name, value in figures.metrics.items()],
        params=[Param(name, value) for name, value in figures.parameters.items()],
        tags=[RunTag(name, value) for name, value in figures.tags.items()],
    )
    client.set_terminated(run_id, FINISHED)
