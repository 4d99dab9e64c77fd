"""Hands the auditor what it needs to look: paths and plain settings, nothing that was computed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from conf.settings import Settings
from conf.sources import Source
from jobs.inputs import FIRST, LAST
from jobs.lake import Lake
from jobs.models_of_set import files_of_models
from jobs.secrets import secret
from optimization.audit import Evidence, RawTable


def evidence_of(settings: Settings, folder: Path, as_of: date) -> Evidence:
    """The evidence about one sealed set."""
    policy, documents = settings.policy, settings.documents
    sources, lake = settings.sources, Lake(settings.deployment.lake)
    return Evidence(
        folder=folder,
        as_of=as_of,
        customers=_raw(sources.customers),
        attributes=sorted(sources.customers.attributes),
        transactions=_raw(sources.transactions, skips_bad_lines=True) if sources.transactions else None,
        products=_raw(sources.products) if sources.products else None,
        consents=_consents(settings, as_of, LAST),
        consents_planned_with=_consents(settings, as_of, FIRST),
        contacts=_raw(sources.contacts) if sources.contacts else None,
        responses=_raw(sources.responses, skips_bad_lines=True) if sources.responses else None,
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
        scores_folders=[lake.folder(name, as_of) for name in ("propensities", "values")],
        volumes=settings.deployment.volumes.model_dump(mode="json"),
        holdout_salt=secret(policy.holdout.salt) if policy.holdout else None,
        control_salt=secret(policy.control.salt) if policy.control else None,
        exploration_salt=secret(policy.exploration.salt) if policy.exploration else None,
    )


def _consents(settings: Settings, as_of: date, table: str) -> RawTable | None:
    """The list as the night copied it, when it gated its sources or when it decided; as it is now where that is lost."""
    source, lake = settings.sources.consents, Lake(settings.deployment.lake)
    if source is None or not lake.has(table, as_of):
        return _raw(source) if source else None
    return replace(_raw(source), path=str(lake.folder(table, as_of)))


def _raw(source: Source, *, skips_bad_lines: bool = False) -> RawTable:
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
    )
