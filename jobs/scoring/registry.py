"""The deployment's MLflow, and what it says about the versions of a model."""

from functools import partial
from typing import TypedDict

from conf.settings import Settings
from jobs.core.environment import prepare
from jobs.core.retry import answer_within
from jobs.core.secrets import looked_up
from models.tracking import Registry, metrics_of, open_registry, without_passwords


class ModelFigure(TypedDict):
    """One metric of one version on its test cut-off, beside the best figure that needs no model."""

    metric: str
    value: float
    low: float
    high: float
    naive: float | None


def registry_of(settings: Settings, experiment: str | None = None) -> Registry:
    """Open the registry that deployment.yaml names.

    Args:
        experiment: where to log; None: where the trainings are.

    Raises:
        RegistryAway: as `open_registry` does, or because nothing was answered within wait_seconds.
        SettingsError: the environment variable that holds its address is not set.
    """
    deployment = settings.deployment
    prepare(deployment.spark.master)  # MLflow would ask for minutes where nobody answers
    mlflow = deployment.mlflow
    uri = looked_up(mlflow.tracking_uri, "deployment.yaml: mlflow.tracking_uri")
    open_it = partial(open_registry, deployment.name, uri, mlflow.artifacts, experiment)
    if uri.startswith("sqlite:"):
        return open_it()  # a file, whose tables may take their time to be made
    return answer_within(mlflow.wait_seconds, server_in_words(settings), open_it)


def server_in_words(settings: Settings) -> str:
    """The deployment's MLflow as messages name it, without secrets."""
    return without_passwords(f"MLflow at {settings.deployment.mlflow.tracking_uri}")


def test_figures(registry: Registry, model: str, version: int) -> list[ModelFigure]:
    """The figures that the version's training logged, in the order of their names."""
    metrics = metrics_of(registry, model, version)
    names = sorted(name for name in metrics if "." not in name)
    return [
        ModelFigure(
            metric=name,
            value=metrics[name],
            low=metrics[f"{name}.low"],
            high=metrics[f"{name}.high"],
            naive=max((value for key, value in metrics.items() if key.startswith(f"{name}.naive.")), default=None),
        )
        for name in names
    ]
