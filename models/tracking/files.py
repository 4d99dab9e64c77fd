"""The files of a version or of another model in MLflow: downloaded, checked, never unpickled."""

import tempfile
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, ErrorCode

from models.champion import Champion, champion_of
from models.errors import ModelUnusable
from models.tracking.registry import Registry, answering, without_passwords
from models.tracking.versions import champion_version, version_numbered

TEXT, CONTRACT = "model.lgb", "extra_files/contract.json"
_NOT_THERE = {ErrorCode.Name(RESOURCE_DOES_NOT_EXIST), ErrorCode.Name(INVALID_PARAMETER_VALUE)}
_TEXTS, _FEATURES = ("model.lgb", "model.txt"), "features.json"


def champion(registry: Registry, model: str) -> Champion:
    """The version in use, its files checked.

    Raises:
        ModelUnusable: there is none, or its files are damaged or do not fit.
        RegistryAway: MLflow does not answer.
    """
    number = champion_version(registry, model)
    if number is None:
        name = registry.name(model)
        raise ModelUnusable(
            f"model {model!r} has no champion in {name!r}; run `oneoffer train`, then `oneoffer models promote {model}`"
        )
    return version_files(registry, model, number)


def version_files(registry: Registry, model: str, number: int) -> Champion:
    """Any version, its files checked as the night checks them; raises as `champion`."""
    return champion_of(model, number, *version_texts(registry, model, number))


def version_texts(registry: Registry, model: str, number: int) -> tuple[str, str]:
    """The text and the contract of any version as they lie there, not checked; raises as `champion`."""
    source = version_numbered(registry, model, number).source
    with answering(registry.uri), tempfile.TemporaryDirectory() as folder:
        path = Path(mlflow.artifacts.download_artifacts(source, dst_path=folder, tracking_uri=registry.uri))
        return _read(path / TEXT, model), _read(path / CONTRACT, model)


def model_files(registry: Registry, address: str) -> tuple[str, str | None]:
    """The text of a LightGBM model that somebody logged, and its features.json where it lies beside it.

    Args:
        registry: the MLflow it was logged to.
        address: `runs:/<run>/<model>` or `models:/<name>/<version>`.

    Raises:
        ModelUnusable: there is no such model, or no native text of a Booster in it.
        RegistryAway: MLflow does not answer.
    """
    with answering(registry.uri), tempfile.TemporaryDirectory() as folder:
        try:
            path = mlflow.artifacts.download_artifacts(address, dst_path=folder, tracking_uri=registry.uri)
        except MlflowException as error:
            if error.error_code not in _NOT_THERE:
                raise
            raise ModelUnusable(without_passwords(f"{address}: {str(error).splitlines()[0]}")) from None
        files = sorted(file for file in Path(path).rglob("*") if file.is_file())
        texts = [file for file in files if file.name in _TEXTS]
        if len(texts) != 1:
            names = ", ".join(file.name for file in files[:5]) or "nothing"
            wanted = " or ".join(_TEXTS)
            raise ModelUnusable(f"{address} must hold one Booster as native text, {wanted}; it holds {names}")
        beside = [file for file in files if file.name == _FEATURES]
        return _read(texts[0], address), _read(beside[0], address) if beside else None


def _read(path: Path, model: str) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelUnusable(f"model {model!r}: {path.name} cannot be read ({type(error).__name__})") from None
