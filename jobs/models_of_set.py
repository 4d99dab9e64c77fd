"""The files of the models that a set was made with, for the auditor: kept copies first, then MLflow."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from conf.settings import Settings
from jobs.patience import answered_within
from models.errors import ModelUnusable, RegistryAway
from optimization.audit import ModelFiles

KEPT = "champions"
"""The folder of jobs/kept_champions.py, which is not imported for its name: it brings MLflow and Spark along."""


def files_of_models(settings: Settings, folder: Path) -> dict[str, ModelFiles]:
    """Model -> the files of the version that the set's manifest names, of every model whose files can be had.

    Whose are not among them, the auditor cannot check, and says so. Which copy is taken does not matter to it: it
    holds the text's SHA-256 against the manifest.
    """
    named = _named(folder)
    found = {name: kept for name, (_, digest) in named.items() if (kept := _kept(settings, name, digest))}
    missing = {name: version for name, (version, _) in named.items() if name not in found}
    return found | (_fetched(settings, missing) if missing else {})


def _named(folder: Path) -> dict[str, tuple[int, str]]:
    """Model -> version and SHA-256; nothing where the manifest cannot be read, which the auditor says as well."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        return {one["model"]: (one["version"], one["sha256"]) for one in manifest["models"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _kept(settings: Settings, name: str, digest: str) -> ModelFiles | None:
    """The champion that the night kept in the lake, where it is of this text."""
    path = settings.deployment.lake / KEPT / f"{name}.json"
    try:
        kept = json.loads(path.read_text("utf-8"))
        files = ModelFiles(kept["text"], json.loads(kept["contract"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return files if sha256(files.text.encode()).hexdigest() == digest else None


def _fetched(settings: Settings, versions: Mapping[str, int]) -> dict[str, ModelFiles]:
    mlflow = settings.deployment.mlflow

    def ask() -> dict[str, ModelFiles]:
        from jobs.registry import registry_of  # noqa: PLC0415  MLflow takes seconds to import

        registry = registry_of(settings)
        found = {name: _version(registry, name, version) for name, version in versions.items()}
        return {name: files for name, files in found.items() if files}

    try:
        return answered_within(mlflow.wait_seconds, f"MLflow at {mlflow.tracking_uri}", ask)
    except RegistryAway:
        return {}


def _version(registry: Any, name: str, version: int) -> ModelFiles | None:  # noqa: ANN401
    from models.tracking import version_texts  # noqa: PLC0415  as above

    try:
        text, contract = version_texts(registry, name, version)
        return ModelFiles(text, json.loads(contract))
    except (ModelUnusable, ValueError):
        return None
