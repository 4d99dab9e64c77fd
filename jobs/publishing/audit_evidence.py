"""Evidence for the auditor: paths and plain settings, nothing that the night computed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

from conf.settings import Settings
from conf.sources import Source, SourceName
from expectations.audit import Evidence, ModelFiles, RawTable
from jobs.core.lake import FEATURE_DECLARATIONS, FEATURE_DECLARATIONS_FILE, GROUP_SCORES, Lake
from jobs.core.retry import retry_until
from jobs.core.secrets import salt
from jobs.core.table_io import SOURCE
from jobs.run_context import RunContext
from jobs.sources.earlier_sets import ledger_copy
from jobs.sources.fingerprint import code_sha256
from jobs.sources.pinned_inputs import FIRST, LAST, pinned, pinned_files, read_at
from models.errors import ModelUnusable, RegistryAway

KEPT = "champions"
"""The folder of jobs/scoring/champions.py, which is not imported for its name: it brings MLflow and Spark along."""


def files_of_models(settings: Settings, folder: Path) -> dict[str, ModelFiles]:
    """Model -> the files of the version that the set's manifest names, of every model whose files can be had.

    Whose are not among them, the auditor cannot check, and says so. Which copy is taken does not matter to it: it
    holds the text's SHA-256 against the manifest.
    """
    named = _named(folder)
    kept_files = {name: kept for name, (_, digest) in named.items() if (kept := _kept(settings, name, digest))}
    missing = {name: version for name, (version, _) in named.items() if name not in kept_files}
    return kept_files | (_fetched(settings, missing) if missing else {})


def _named(folder: Path) -> dict[str, tuple[int, str]]:
    """Model -> version and SHA-256; nothing where the manifest cannot be read, which the auditor says as well.

    Read without its type: a set that is damaged elsewhere is audited with all models that can be had.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        return {model["model"]: (model["version"], model["sha256"]) for model in manifest["models"]}
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
        from jobs.scoring.registry import registry_of  # noqa: PLC0415  MLflow takes seconds to import

        registry = registry_of(settings)
        by_name = {name: _version(registry, name, version) for name, version in versions.items()}
        return {name: files for name, files in by_name.items() if files}

    try:
        return retry_until(mlflow.wait_seconds, "MLflow", ask)
    except RegistryAway:
        return {}


def _version(registry: Any, name: str, version: int) -> ModelFiles | None:  # noqa: ANN401
    from models.tracking import version_texts  # noqa: PLC0415  as above

    try:
        text, contract = version_texts(registry, name, version)
        return ModelFiles(text, json.loads(contract))
    except (ModelUnusable, ValueError):
        return None


SCORES = ("propensities", "values")
KEPT_BY_THE_NIGHT = ("certificates", "limit_prices", "scored_with", "bin_counts")


def evidence_of(settings: Settings, folder: Path, as_of: date) -> Evidence:
    """The evidence about one sealed set."""
    policy, documents = settings.policy, settings.documents
    sources, lake = settings.sources, Lake(settings.deployment.lake)
    raw = partial(_raw, pinned=pinned_files(lake, as_of))
    return Evidence(
        folder=folder,
        as_of=as_of,
        customers=raw("customers", sources.customers),
        attributes=sorted(sources.customers.attributes),
        transactions=raw("transactions", sources.transactions, skips_bad_lines=True) if sources.transactions else None,
        products=raw("products", sources.products) if sources.products else None,
        consents=_consents(settings, as_of, LAST),
        consents_planned_with=_consents(settings, as_of, FIRST),
        contacts=raw("contacts", sources.contacts) if sources.contacts else None,
        responses=raw("responses", sources.responses, skips_bad_lines=True) if sources.responses else None,
        events=raw("events", sources.events, skips_bad_lines=True) if sources.events else None,
        ledger_copy=ledger_copy(settings.deployment.lake, settings.deployment.output),
        other_channels=settings.deployment.consent.other_channels,
        other_topics=settings.deployment.consent.other_topics,
        time_zone=settings.deployment.time_zone,
        unknown_consent_is_allowed=settings.deployment.consent.unknown_is == "allowed",
        policy=documents["policy"].data,
        offers=documents["offers"].data,
        channels=documents["channels"].data,
        offer_channels=documents["offer_channels"].data if "offer_channels" in documents else (),
        max_gap=settings.deployment.optimizer.max_gap,
        candidates_folder=lake.folder("candidates", as_of),
        models=documents["models"].data["models"],
        model_files=files_of_models(settings, folder),
        rescore_seconds=settings.deployment.mlflow.load_seconds,
        features_folder=lake.folder("features", as_of),
        feature_declarations=feature_declarations(lake, as_of),
        scores_folders=[lake.folder(name, as_of) for name in SCORES],
        group_scores_folder=lake.folder(GROUP_SCORES, as_of) if settings.models.with_groups else None,
        volumes=settings.deployment.volumes.model_dump(mode="json"),
        deployment=settings.deployment.name,
        currency=settings.deployment.currency,
        made_by=_made_by(settings, lake, as_of),
        lake={table: lake.folder(table, as_of) for table in KEPT_BY_THE_NIGHT},
        holdout_salt=salt(policy.holdout.salt) if policy.holdout else None,
        control_salt=salt(policy.control.salt) if policy.control else None,
        exploration_salt=salt(policy.exploration.salt) if policy.exploration else None,
    )


def _made_by(settings: Settings, lake: Lake, as_of: date) -> dict[str, set[str]]:
    """What a manifest may say of release, settings and code: what the night pinned, and what they are now."""
    inputs = pinned(lake, as_of)
    now = {"oneoffer": version("oneoffer"), "settings_sha256": settings.fingerprint(), "code_sha256": code_sha256()}
    then = {} if inputs is None else {name: getattr(inputs, name) for name in now}
    return {name: {value, then.get(name, value)} - {""} for name, value in now.items()}


def note_evidence(context: RunContext) -> None:
    """Note what the auditor reads by itself, of the lake and of the sources."""
    scores = (*SCORES, *((GROUP_SCORES,) if context.settings.models.with_groups else ()))
    for table in ("candidates", "features", FEATURE_DECLARATIONS, *scores):
        context.table_io.reads(table, context.lake.folder(table, context.as_of))
    for name, source in context.settings.sources:
        if source:
            context.table_io.reads(f"{SOURCE}{name}")


def feature_declarations(lake: Lake, as_of: date) -> bytes:
    """What the features meant when they were built; nothing where it cannot be read, which the auditor says."""
    if lake.has(FEATURE_DECLARATIONS, as_of):
        path = lake.folder(FEATURE_DECLARATIONS, as_of) / FEATURE_DECLARATIONS_FILE
        return path.read_bytes() if path.is_file() else b""
    from models.features.declaration import all_features, as_json  # noqa: PLC0415  it brings Spark along

    return as_json(all_features())  # a night from before declarations were kept


def _consents(settings: Settings, as_of: date, table: str) -> RawTable | None:
    """The list as the night copied it, gating its sources or deciding; as it is now where the copy is lost."""
    source, lake = settings.sources.consents, Lake(settings.deployment.lake)
    if source is None or not lake.has(table, as_of):
        return _raw("consents", source) if source else None
    return replace(_raw("consents", source), path=str(lake.folder(table, as_of)), read_at=read_at(lake, table, as_of))


def _raw(
    name: SourceName,
    source: Source,
    *,
    skips_bad_lines: bool = False,
    pinned: Mapping[SourceName, Sequence[Path]] = MappingProxyType({}),
) -> RawTable:
    """A table of whose lines the night sets the bad ones aside, or else stops at them."""
    return RawTable(
        source.path,
        source.format,
        source.columns,
        source.constants,
        source.separator,
        source.time_zone,
        source.date_format,
        is_distinct=source.distinct,
        kinds=source.attributes,
        skips_bad_lines=skips_bad_lines,
        pinned=[str(file) for file in pinned.get(name, ())],
    )
