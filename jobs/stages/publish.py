"""Decisions -> a committed set, after the auditor has passed it."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from expectations.audit import Breach, Evidence, audit, not_rederived
from jobs.commit.commits import Commit, committed
from jobs.commit.ledger import read_ledger
from jobs.commit.lock import lost
from jobs.commit.protocol import CHECKSUMS, acknowledged, commit, seal, superseding
from jobs.commit.run_folder import RunFolder
from jobs.core.draws import secret_fingerprint
from jobs.core.errors import AuditFailed, DiskFailed, PublishedFromOtherInputs
from jobs.core.files import sha256_of
from jobs.core.secrets import salt
from jobs.core.table_io import PUBLISHED
from jobs.publishing import newcomers
from jobs.publishing.audit_evidence import evidence_of, note_evidence
from jobs.publishing.manifest import manifest
from jobs.publishing.manifest_file import NAME, manifest_bytes, read_manifest
from jobs.publishing.set_files import channel_table, csv_bytes, in_currency, parquet_bytes
from jobs.run_context import RunContext
from jobs.sources.earlier_sets import keep_ledger, seen_position

MONEY = ("value", "cost", "net_value")
MADE_FROM = ("code_sha256", "settings_sha256", "sources", "consents", "models", "last_night", "history")


def run(context: RunContext) -> None:
    """Seal the set, audit its bytes against the raw inputs, commit it.

    Raises:
        AuditFailed: the set is not committed; each breach is named with its count.
        PublishedFromOtherInputs: the date has another committed set, which is not to be superseded or was acknowledged.
        Locked: another run has taken the date over, or committed another date since this one read the ledger.
        LedgerBroken: the ledger is damaged.
        DiskFailed: the output cannot be written.
    """
    output, run_folder = context.settings.deployment.output, context.held_run_folder()
    try:
        _publish(context, run_folder, committed(output, context.as_of))
    except OSError as error:
        if isinstance(error, FileExistsError):
            raise lost(run_folder.day) from error
        raise DiskFailed(f"{output}: {error.strerror}; nothing was published for {context.as_of}") from error


def _publish(context: RunContext, run_folder: RunFolder, earlier: Commit | None) -> None:
    folder = seal(run_folder, set_files(context))
    if earlier is None:
        _commit(context, run_folder, folder, earlier)
    elif earlier.folder == folder:
        _audit(context, folder)
        context.say(f"{context.as_of} was published before from the same inputs: verified, every byte as it was")
    else:
        differences = _differences(earlier.folder, folder)
        try:
            _supersede(context, run_folder, folder, earlier)
        except PublishedFromOtherInputs as error:
            run_folder.withdraw(folder)
            raise PublishedFromOtherInputs(_other_inputs(context, earlier, differences, str(error))) from None
    context.table_io.writes(PUBLISHED, folder / "decisions.parquet")


def _supersede(context: RunContext, run_folder: RunFolder, folder: Path, earlier: Commit) -> None:
    if not context.is_superseding:
        raise PublishedFromOtherInputs("--supersede publishes a corrected set, as long as no channel has acknowledged")
    with superseding(run_folder):
        acks = acknowledged(run_folder.day)
        if acks:
            raise PublishedFromOtherInputs(f"it cannot be superseded: {', '.join(acks)} says that it was taken")
        _commit(context, run_folder, folder, earlier)
    context.say(f"{context.as_of}: COMMIT.{earlier.number} is superseded by COMMIT.{earlier.number + 1}")


def _commit(context: RunContext, run_folder: RunFolder, folder: Path, earlier: Commit | None) -> None:
    """Audit the set, commit it, and keep a copy of the ledger in the lake."""
    deployment, holdout = context.settings.deployment, context.settings.policy.holdout
    audit_json = _audit(context, folder)
    drawn_with = secret_fingerprint(salt(holdout.salt)) if holdout else None
    commit(run_folder, folder, audit_json, earlier, seen=seen_position(context), holdout=drawn_with)
    try:
        keep_ledger(deployment.lake, read_ledger(deployment.output))
    except OSError as error:
        raise DiskFailed(
            f"{deployment.lake}: {error.strerror}; {folder.name} is published, and the lake has no copy of its line "
            "of the ledger. The next night that is published copies it"
        ) from error


def _audit(context: RunContext, folder: Path) -> bytes:
    """audit.json of a set without breaches.

    Raises:
        AuditFailed: there are some.
    """
    note_evidence(context)
    evidence = evidence_of(context.settings, folder, context.as_of)
    breaches = audit(evidence)
    if breaches:
        raise AuditFailed(audit_text(folder, breaches))
    return audit_report(evidence)


def set_files(context: RunContext) -> dict[str, bytes]:
    """Every file of the set but the checksums and the audit, by name."""
    lake, as_of, settings = context.lake, context.as_of, context.settings
    decisions = lake.read_arrow("decisions", as_of).sort_by("customer_id")
    tables = {"decisions": _with_currency(decisions)}
    tables |= {channel.id: channel_table(decisions, settings, channel.id) for channel in settings.channels}
    files = {f"{name}.parquet": parquet_bytes(table) for name, table in tables.items()}
    files |= {f"{channel.id}.csv": csv_bytes(tables[channel.id]) for channel in settings.channels}
    files["limits.csv"] = csv_bytes(lake.read_arrow("limit_prices", as_of))
    if settings.models.with_groups:
        files[newcomers.FILE] = csv_bytes(newcomers.newcomers_table(context))
    files["proof.json"] = lake.read_file("proofs", as_of, "proof.json")
    files["report.html"] = lake.read_file("report", as_of, "report.html")
    files[NAME] = manifest_bytes(manifest(context, tables, files))
    return files


def audit_report(evidence: Evidence) -> bytes:
    """audit.json of a set without breaches: which set, which checks were run, and which features none derived again."""
    from expectations.audit.auditor import all_checks  # noqa: PLC0415

    folder = evidence.folder
    report: dict[str, Any] = {"set": folder.name, "sha256": sha256_of(folder / CHECKSUMS), "breaches": []}
    report["checks"] = [check.__name__ for check in all_checks()]
    report["features_not_derived_again"] = not_rederived(evidence)
    return (json.dumps(report, indent=2, sort_keys=True) + "\n").encode()


def audit_text(folder: Path, breaches: list[Breach]) -> str:
    """Why a set is not committed."""
    first = f"{folder.name} breaks {len(breaches)} of what it must keep; it is not committed:"
    return "\n".join([first, *breach_lines(breaches)])


def breach_lines(breaches: list[Breach]) -> list[str]:
    """The breaches as sentences."""
    return [f"  {breach.check}: {breach.what} ({breach.count})" for breach in breaches]


def _with_currency(decisions: pa.Table) -> pa.Table:
    for name in MONEY:
        position = decisions.column_names.index(name)
        decisions = decisions.set_column(position, name, in_currency(decisions[name]))
    return decisions


def _differences(before: Path, now: Path) -> list[str]:
    """Which parts of what a set was made from are not the same."""
    old, new = (read_manifest(folder) for folder in (before, now))
    return sorted(part for part in MADE_FROM if getattr(old, part) != getattr(new, part))


def _other_inputs(context: RunContext, earlier: Commit, differences: list[str], more: str) -> str:
    changed = ", ".join(differences) or "nothing that the manifest names"
    return (
        f"{context.as_of} is published already ({earlier.folder.name}) and today's inputs make another set; "
        f"changed: {changed}. Nothing was replaced; {more}."
    )
