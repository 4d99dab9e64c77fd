"""A published set -> what its channels must not send any more, because customers have opted out since."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.audit import Evidence
from expectations.audit.recall import audit_recall
from jobs.candidates.consents import with_opt_outs
from jobs.commit.commits import RECALL, Commit, committed
from jobs.commit.lock import date_lock, fenced
from jobs.commit.protocol import CHECKSUMS, commit_recall, seal
from jobs.commit.run_folder import RunFolder
from jobs.core.disk import disk_failures
from jobs.core.errors import AuditFailed, ConsentError
from jobs.core.files import sha256_of
from jobs.core.lake import NotInLake
from jobs.gates.consent_copies import take_consents
from jobs.publishing.audit_evidence import evidence_of
from jobs.publishing.set_files import csv_bytes, parquet_bytes
from jobs.run_context import RunContext
from jobs.sources.pinned_inputs import RECALLED, consents_facts, read_at

COLUMNS = ("customer_id", "offer_id", "channel")


def recall(context: RunContext) -> Commit | None:
    """Publish, beside the date's set, whom each channel must leave out; None where there is nothing new to recall.

    Every recall names all that are to be left out by then, so that the newest one is the only one to read.

    Raises:
        NotInLake: nothing is published for the date.
        ConsentError: the deployment has no list of consents, the list does not pass the gate of the night, or without
            a dated yes it names fewer than the recall before.
        GateFailed: the list breaks its contract.
        AuditFailed: the recall is not what consents and the set say; it is not published.
        Locked: another run works on the date.
        DiskFailed: a disk is full or broken.
    """
    output, as_of = context.settings.deployment.output, context.as_of
    newest = committed(output, as_of)
    if newest is None:
        raise NotInLake(f"nothing is published for {as_of} in {output}, so there is nothing to recall")
    if context.settings.sources.consents is None:
        raise ConsentError("consents: sources.yaml names no list, so nobody can have opted out")
    with date_lock(output, as_of) as run_folder, disk_failures(as_of), fenced(run_folder):
        take_consents(context, RECALLED, _decisions(context, newest))
        return _publish(context, run_folder, newest, committed(output, as_of, RECALL))


def recalled(context: RunContext, sent_set: Commit, *, is_silence_yes: bool = True) -> pa.Table:
    """The contacts of a set that the copied consents forbid: customer_id, offer_id, channel, in order.

    Args:
        is_silence_yes: whether the deployment may take silence for a yes, if it does.
    """
    consent = context.settings.deployment.consent
    rule = consent if is_silence_yes else consent.model_copy(update={"unknown_is": "refused"})
    decisions = _decisions(context, sent_set)
    sent = decisions.where(F.col("status") == "offered").select(*COLUMNS)
    with_consents = with_opt_outs(context, sent, decisions, RECALLED, rule)
    return with_consents.where("is_opted_out").select(*COLUMNS).toArrow().sort_by("customer_id")


def _decisions(context: RunContext, sent_set: Commit) -> DataFrame:
    return context.spark.read.parquet(str(sent_set.folder / "decisions.parquet"))


def _publish(context: RunContext, run_folder: RunFolder, sent_set: Commit, earlier: Commit | None) -> Commit | None:
    rows = recalled(context, sent_set)
    if earlier:
        _check_dropped(context, earlier, sent_set, rows)
    names = [channel.id for channel in context.settings.channels]
    tables = {name: rows.filter(pc.equal(rows["channel"], name)) for name in names}
    files = {f"{name}.parquet": parquet_bytes(table) for name, table in tables.items()}
    files |= {f"{name}.csv": csv_bytes(table) for name, table in tables.items()}
    if _says_no_more(earlier, sent_set, files, rows):
        return None
    files["manifest.json"] = _json(_manifest(context, sent_set, tables))
    folder = seal(run_folder, files, RECALL)
    breaches = audit_recall(_evidence(context, sent_set), folder)
    if breaches:
        message = "; ".join(f"{breach.check}: {breach.what} ({breach.count})" for breach in breaches)
        raise AuditFailed(f"{folder.name} is not what the set and the consents say; it is not published: {message}")
    report = {"recall": folder.name, "sha256": sha256_of(folder / CHECKSUMS), "breaches": []}
    return commit_recall(run_folder, folder, _json(report), earlier)


def _check_dropped(context: RunContext, earlier: Commit, sent_set: Commit, rows: pa.Table) -> None:
    """Whoever the recall before named is named again, unless a yes came: silence is no yes here.

    The gate has seen that no refusal is gone.
    """
    paths = [earlier.folder / f"{channel.id}.parquet" for channel in context.settings.channels]
    before = {row for path in paths if path.is_file() for row in _contacts(pq.read_table(path, partitioning=None))}
    without_a_yes = _contacts(recalled(context, sent_set, is_silence_yes=False)) if before else set()
    count = len((before - _contacts(rows)) & without_a_yes)
    if count:
        raise ConsentError(
            f"consents: {count:,} {'contact' if count == 1 else 'contacts'} of {earlier.folder.name} would not be "
            "recalled any more, and no yes has come; nothing was published"
        )


def _contacts(rows: pa.Table) -> set[tuple[str, ...]]:
    return set(zip(*(rows[name].to_pylist() for name in COLUMNS), strict=True))


def _says_no_more(earlier: Commit | None, sent_set: Commit, files: Mapping[str, bytes], rows: pa.Table) -> bool:
    """Whether the recall before, or none at all, says the same of the same set."""
    if earlier is None:
        return len(rows) == 0
    earlier_manifest = json.loads((earlier.folder / "manifest.json").read_text(encoding="utf-8"))
    same = all((earlier.folder / name).read_bytes() == content for name, content in files.items())
    return same and earlier_manifest["set"] == sent_set.folder.name


def _manifest(context: RunContext, sent_set: Commit, tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    return {
        "as_of": context.as_of.isoformat(),
        "set": sent_set.folder.name,
        "set_sha256": sha256_of(sent_set.folder / CHECKSUMS),
        "consents": consents_facts(context.lake, context.as_of, RECALLED),
        "rows": {name: len(table) for name, table in sorted(tables.items())},
    }


def _evidence(context: RunContext, sent_set: Commit) -> Evidence:
    """The set and the list that its recall was made from."""
    evidence = evidence_of(context.settings, sent_set.folder, context.as_of)
    if evidence.consents is None:
        raise RuntimeError("a deployment without consents recalls nobody")
    folder = context.lake.folder(RECALLED, context.as_of)
    moment = read_at(context.lake, RECALLED, context.as_of)
    list_now = replace(evidence.consents, path=str(folder), read_at=moment)
    return replace(evidence, consents=list_now)


def _json(facts: Mapping[str, Any]) -> bytes:
    return (json.dumps(facts, indent=2, sort_keys=True) + "\n").encode()
