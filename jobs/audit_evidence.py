"""Hands the auditor what it needs to look: paths and plain settings, nothing that was computed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType

from conf.settings import Settings
from conf.sources import Source, SourceName
from jobs.context import RunContext
from jobs.inputs import FIRST, LAST, pinned_files
from jobs.lake import Lake
from jobs.models_of_set import files_of_models
from jobs.secrets import secret
from jobs.traffic import SOURCE
from optimization.audit import Evidence, RawTable

SCORES = ("propensities", "values")
DECLARATIONS, DECLARATIONS_FILE = "feature_declarations", "features.json"
"""The lake's table that jobs/build_features.py leaves beside the features: what they mean."""


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
        time_zone=settings.deployment.time_zone,
        unknown_consent_is_allowed=settings.deployment.consent.unknown_is == "allowed",
        policy=documents["policy"].data,
        offers=documents["offers"].data,
        channels=documents["channels"].data,
        max_gap=settings.deployment.optimizer.max_gap,
        candidates_folder=lake.folder("candidates", as_of),
        models=documents["models"].data["models"],
        model_files=files_of_models(settings, folder),
        rescore_seconds=settings.deployment.mlflow.load_seconds,
        features_folder=lake.folder("features", as_of),
        feature_declarations=feature_declarations(lake, as_of),
        scores_folders=[lake.folder(name, as_of) for name in SCORES],
        volumes=settings.deployment.volumes.model_dump(mode="json"),
        holdout_salt=secret(policy.holdout.salt) if policy.holdout else None,
        control_salt=secret(policy.control.salt) if policy.control else None,
        exploration_salt=secret(policy.exploration.salt) if policy.exploration else None,
    )


def note_evidence(context: RunContext) -> None:
    """Note what the auditor reads by itself, of the lake and of the sources."""
    for table in ("candidates", "features", DECLARATIONS, *SCORES):
        context.traffic.reads(table, context.lake.folder(table, context.as_of))
    for name, source in context.settings.sources:
        if source:
            context.traffic.reads(f"{SOURCE}{name}")


def feature_declarations(lake: Lake, as_of: date) -> bytes:
    """What the features meant when they were built; nothing where it cannot be read, which the auditor says."""
    if lake.has(DECLARATIONS, as_of):
        path = lake.folder(DECLARATIONS, as_of) / DECLARATIONS_FILE
        return path.read_bytes() if path.is_file() else b""
    from models.features.declaration import all_features, as_json  # noqa: PLC0415  it brings Spark along

    return as_json(all_features())  # a night from before declarations were kept


def _consents(settings: Settings, as_of: date, table: str) -> RawTable | None:
    """The list as the night copied it, gating its sources or deciding; as it is now where the copy is lost."""
    source, lake = settings.sources.consents, Lake(settings.deployment.lake)
    if source is None or not lake.has(table, as_of):
        return _raw("consents", source) if source else None
    return replace(_raw("consents", source), path=str(lake.folder(table, as_of)))


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
