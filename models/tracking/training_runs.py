"""A training, or a model that was trained elsewhere, goes into MLflow as the challenger."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from importlib.metadata import version as installed
from pathlib import Path

import lightgbm
import mlflow
import mlflow.lightgbm
from mlflow.models import ModelSignature
from mlflow.models.model import ModelInfo
from mlflow.types import ColSpec, Schema

from models.tracking.history import Stamp, event, write_event
from models.tracking.registry import Registry, answering
from models.tracking.versions import CHALLENGER, version_numbered
from models.training import Trained

_IN_THE_MODEL = ("text", "contract")


def log_training(
    registry: Registry,
    trained: Trained,
    *,
    inputs: str,
    stamp: Stamp,
    attachments: Mapping[str, str] | None = None,
) -> int:
    """Log a training, register its model and make it the challenger.

    Args:
        registry: where to.
        trained: the model and its figures; all of them are logged.
        inputs: hash of all that the training read, by which `version_from` finds it again.
        stamp: who registers it, when and why.
        attachments: name of a file -> its text, e.g. charts.

    Returns:
        The version.
    """
    contract = trained.contract
    model, name = contract.model, registry.name(contract.model)
    with answering(registry.uri):
        with mlflow.start_run(experiment_id=registry.experiment_id, run_name=f"{model} {contract.trained.as_of}"):
            mlflow.log_params(_parameters(trained))
            mlflow.log_metrics(_metrics(trained))
            for file, content in {**_documents(trained), **(attachments or {})}.items():
                mlflow.log_text(content, file)
            logged = _log_booster(trained)
            run_id = mlflow.active_run().info.run_id
        client = registry.client
        if not client.search_registered_models(f"name = '{name}'"):
            client.create_registered_model(name)
        tags = {"inputs": inputs, "as_of": str(contract.trained.as_of), "model_sha256": contract.model_sha256}
        made = client.create_model_version(name, logged.model_uri, run_id, tags=tags, model_id=logged.model_id)
        number = int(made.version)
        write_event(registry, model, event("registered", number, stamp))
        client.set_registered_model_alias(name, CHALLENGER, made.version)
    return number


def metrics_of(registry: Registry, model: str, number: int) -> Mapping[str, float]:
    """The metrics that were logged with the version."""
    run = version_numbered(registry, model, number).run_id
    with answering(registry.uri):
        return dict(registry.client.get_run(run).data.metrics)


def parameters_of(registry: Registry, model: str, number: int) -> Mapping[str, str]:
    """The parameters that were logged with the version."""
    run = version_numbered(registry, model, number).run_id
    with answering(registry.uri):
        return dict(registry.client.get_run(run).data.params)


def _log_booster(trained: Trained) -> ModelInfo:
    """Native text, explicit requirements and signature: MLflow would guess both, in a quarter of a minute."""
    booster = lightgbm.Booster(model_str=trained.text)
    signature = ModelSignature(
        Schema([ColSpec("double", name) for name in booster.feature_name()]), Schema([ColSpec("double")])
    )
    with tempfile.TemporaryDirectory() as folder:
        contract = Path(folder) / "contract.json"
        contract.write_text(trained.contract.model_dump_json(indent=1), "utf-8")
        return mlflow.lightgbm.log_model(
            booster,
            name=trained.contract.model,
            signature=signature,
            pip_requirements=[f"lightgbm=={installed('lightgbm')}"],
            extra_files=[str(contract)],
        )


def _parameters(trained: Trained) -> dict[str, str | int]:
    contract = trained.contract
    cut_offs = contract.trained
    rows = {f"rows_{part}": count for part, count in trained.rows.items()}
    return {
        "estimator": contract.estimator,
        "label": contract.label.model_dump_json(exclude_defaults=True),
        "population": contract.population.model_dump_json(),
        "as_of": str(cut_offs.as_of),
        "test": str(cut_offs.test),
        "calibration": str(cut_offs.calibration),
        "training": " ".join(map(str, cut_offs.training)),
        "features": len(contract.features),
        "categories": len(contract.categories),
        "seed": contract.seed,
        "model_sha256": contract.model_sha256,
        **rows,
    }


def _metrics(trained: Trained) -> dict[str, float]:
    """The figures over all rows; those by category are in figures.json, because names allow no `&`."""
    metrics: dict[str, float] = {}
    for figure in trained.figures:
        if ":" not in figure.metric:
            naive = {f"{figure.metric}.naive.{name}": value for name, value in figure.naive.items()}
            metrics |= {
                figure.metric: figure.value,
                f"{figure.metric}.low": figure.low,
                f"{figure.metric}.high": figure.high,
                **naive,
            }
    return metrics


def _documents(trained: Trained) -> dict[str, str]:
    """Everything that the training says of the model, one file per field."""
    named = {field.name: getattr(trained, field.name) for field in fields(trained) if field.name not in _IN_THE_MODEL}
    return {f"{name}.json": json.dumps(content, default=_plain, indent=1) for name, content in named.items()}


def _plain(value: object) -> object:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else dict(value)  # type: ignore[call-overload]
