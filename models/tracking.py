"""The door to MLflow, and the only one: a training goes in, a champion comes out, and no pickle passes."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed
from pathlib import Path

import lightgbm
import mlflow
import mlflow.lightgbm
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema
from sqlalchemy.exc import SQLAlchemyError

from models.champion import Champion, champion_of
from models.errors import ModelUnusable, NotPromoted, RegistryAway
from models.gates import Verdict
from models.training import Trained

CHAMPION, CHALLENGER = "champion", "challenger"
_SQLITE = "sqlite:///"
_TEXT = "model.lgb"
_CONTRACT = "extra_files/contract.json"


@dataclass(frozen=True)
class Registry:
    """An MLflow that answers.

    Attributes:
        deployment: its registered models are called `<deployment>-<model>`.
        uri: of the tracking server or database, absolute.
        experiment_id: where the deployment's trainings are logged.
    """

    deployment: str
    uri: str
    experiment_id: str

    @property
    def client(self) -> MlflowClient:
        """For what the fluent interface does not do."""
        return MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    def name(self, model: str) -> str:
        """What the model is called in the registry."""
        return f"{self.deployment}-{model}"


def open_registry(deployment: str, tracking_uri: str, artifacts: Path) -> Registry:
    """Find or make the deployment's experiment.

    Args:
        deployment: its name.
        tracking_uri: http address of a server, or `sqlite:///path`; a relative path lies in the working folder.
        artifacts: where a database without a server keeps its files.

    Raises:
        RegistryAway: it does not answer.
    """
    uri, location = tracking_uri, None
    if tracking_uri.startswith(_SQLITE):
        database = Path(tracking_uri.removeprefix(_SQLITE)).absolute()
        database.parent.mkdir(parents=True, exist_ok=True)
        uri, location = f"{_SQLITE}{database}", artifacts.absolute().as_uri()
    mlflow.set_tracking_uri(uri)  # models:/ addresses are resolved by whatever MLflow holds as its own
    with _answering(uri):
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        found = client.get_experiment_by_name(deployment)
        number = found.experiment_id if found else client.create_experiment(deployment, artifact_location=location)
    return Registry(deployment, uri, number)


def log_training(registry: Registry, trained: Trained, verdicts: Sequence[Verdict], *, inputs: str) -> int:
    """Log a training, register its model and make it the challenger.

    Args:
        registry: where to.
        trained: the model and its figures.
        verdicts: of its gates.
        inputs: hash of all that the training read, by which `version_from` finds it again.

    Returns:
        The version.
    """
    contract = trained.contract
    name = registry.name(contract.model)
    with _answering(registry.uri):
        with mlflow.start_run(
            experiment_id=registry.experiment_id, run_name=f"{contract.model} {contract.trained.as_of}"
        ):
            mlflow.log_params(_parameters(trained))
            mlflow.log_metrics(_metrics(trained))
            for file, content in _documents(trained, verdicts).items():
                mlflow.log_dict(content, file)
            logged = _log_booster(trained)
            run_id = mlflow.active_run().info.run_id
        client = registry.client
        if not client.search_registered_models(f"name = '{name}'"):
            client.create_registered_model(name)
        tags = {"inputs": inputs, "as_of": str(contract.trained.as_of), **_gate_tags(verdicts)}
        made = client.create_model_version(name, logged.model_uri, run_id, tags=tags, model_id=logged.model_id)
        client.set_registered_model_alias(name, CHALLENGER, made.version)
    return int(made.version)


def version_from(registry: Registry, model: str, inputs: str) -> int | None:
    """The newest version that was trained from the same inputs, None where there is none."""
    with _answering(registry.uri):
        found = registry.client.search_model_versions(f"name = '{registry.name(model)}'")
    versions = [int(one.version) for one in found if one.tags.get("inputs") == inputs]
    return max(versions, default=None)


def champion_version(registry: Registry, model: str) -> int | None:
    """The version in use, None where no version was ever promoted."""
    found = _aliased(registry, model, CHAMPION)
    return int(found.version) if found else None


def promote(registry: Registry, model: str, version: int) -> None:
    """Make a version the champion.

    Raises:
        NotPromoted: it failed a gate.
    """
    name = registry.name(model)
    with _answering(registry.uri):
        found = registry.client.get_model_version(name, str(version))
        failed = {tag.removeprefix("gate."): said for tag, said in found.tags.items() if tag.startswith("gate.")}
        if found.tags["gates"] != "passed":
            said = "; ".join(f"{metric}: {text}" for metric, text in sorted(failed.items()))
            raise NotPromoted(f"model {model!r} version {version} failed its gates: {said}")
        registry.client.set_registered_model_alias(name, CHAMPION, str(version))


def champion(registry: Registry, model: str) -> Champion:
    """The version in use, its files checked.

    Raises:
        ModelUnusable: there is none, or its files are damaged or do not fit.
        RegistryAway: MLflow does not answer.
    """
    number = champion_version(registry, model)
    if number is None:
        raise ModelUnusable(f"model {model!r} has no champion in {registry.name(model)!r}; run `oneoffer train`")
    return version_files(registry, model, number)


def version_files(registry: Registry, model: str, number: int) -> Champion:
    """Any version, its files checked as the night checks them; raises as `champion`."""
    with _answering(registry.uri), tempfile.TemporaryDirectory() as folder:
        source = registry.client.get_model_version(registry.name(model), str(number)).source
        path = Path(mlflow.artifacts.download_artifacts(source, dst_path=folder, tracking_uri=registry.uri))
        text = _read(path / _TEXT, model)
        contract = _read(path / _CONTRACT, model)
    return champion_of(model, number, text, contract)


def _aliased(registry: Registry, model: str, alias: str) -> ModelVersion | None:
    with _answering(registry.uri):
        known = registry.client.search_registered_models(f"name = '{registry.name(model)}'")
        number = known[0].aliases.get(alias) if known else None
        return registry.client.get_model_version(registry.name(model), number) if number else None


def _read(path: Path, model: str) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelUnusable(f"model {model!r}: {path.name} cannot be read ({type(error).__name__})") from None


def _log_booster(trained: Trained) -> mlflow.models.model.ModelInfo:
    """Native text, explicit requirements and signature: MLflow would guess both, in a quarter of a minute."""
    names = lightgbm.Booster(model_str=trained.text).feature_name()
    signature = ModelSignature(Schema([ColSpec("double", one) for one in names]), Schema([ColSpec("double")]))
    with tempfile.TemporaryDirectory() as folder:
        contract = Path(folder) / "contract.json"
        contract.write_text(trained.contract.model_dump_json(indent=1), "utf-8")
        return mlflow.lightgbm.log_model(
            lightgbm.Booster(model_str=trained.text),
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
    found: dict[str, float] = {}
    for one in trained.figures:
        if ":" not in one.metric:
            naive = {f"{one.metric}.naive.{name}": value for name, value in one.naive.items()}
            found |= {one.metric: one.value, f"{one.metric}.low": one.low, f"{one.metric}.high": one.high, **naive}
    return found


def _documents(trained: Trained, verdicts: Sequence[Verdict]) -> dict[str, dict[str, object]]:
    return {
        "figures.json": {"figures": [asdict(one) for one in trained.figures]},
        "deciles.json": {"deciles": [asdict(one) for one in trained.deciles]},
        "importance.json": dict(trained.importance),
        "gates.json": {"gates": [asdict(one) for one in verdicts]},
    }


def _gate_tags(verdicts: Sequence[Verdict]) -> dict[str, str]:
    said = {f"gate.{one.metric}": f"{'passed' if one.has_passed else 'FAILED'}: {one.reason}" for one in verdicts}
    return {"gates": "passed" if all(one.has_passed for one in verdicts) else "failed", **said}


@contextmanager
def _answering(uri: str) -> Iterator[None]:
    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RegistryAway(f"MLflow at {uri} does not answer: {first}") from error
