"""Hands the auditor what it needs to look: paths and plain settings, nothing that was computed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from conf.settings import Settings
from conf.sources import Source
from jobs.inputs import LAST
from jobs.lake import Lake
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
        consents=_consents(settings, as_of),
        contacts=_raw(sources.contacts) if sources.contacts else None,
        responses=_raw(sources.responses) if sources.responses else None,
        time_zone=settings.deployment.time_zone,
        unknown_consent_is_allowed=settings.deployment.consent.unknown_is == "allowed",
        policy=documents["policy"].data,
        offers=documents["offers"].data,
        channels=documents["channels"].data,
        max_gap=settings.deployment.optimizer.max_gap,
        candidates_folder=lake.folder("candidates", as_of),
        models=documents["models"].data["models"],
        scored_folders=[lake.folder(name, as_of) for name in ("features", "propensities", "values")],
        holdout_salt=secret(policy.holdout.salt) if policy.holdout else None,
        control_salt=secret(policy.control.salt) if policy.control else None,
        exploration_salt=secret(policy.exploration.salt) if policy.exploration else None,
    )


def _consents(settings: Settings, as_of: date) -> RawTable | None:
    """The list that the decisions were held against last; as it lies there now where the lake has lost it."""
    source, lake = settings.sources.consents, Lake(settings.deployment.lake)
    if source is None or not lake.has(LAST, as_of):
        return _raw(source) if source else None
    return replace(_raw(source), path=str(lake.folder(LAST, as_of)))


def _raw(source: Source) -> RawTable:
    return RawTable(
        source.path,
        source.format,
        source.columns,
        source.constants,
        source.separator,
        source.time_zone,
        source.date_format,
    )
