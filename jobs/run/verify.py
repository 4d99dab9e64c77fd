"""Audits a published decision set again."""

from datetime import date
from pathlib import Path

from conf.errors import SettingsError
from conf.settings import Settings
from expectations.audit import Breach, audit
from expectations.audit.auditor import all_checks
from jobs.commit.protocol import CHECKSUMS
from jobs.core.errors import AuditFailed
from jobs.publishing.audit_evidence import evidence_of
from jobs.stages.publish import breach_lines

CHANGED = {
    "checksums": "its files are not those that were sealed",
    "whole set": "its files are not those that were sealed",
    "commit": "its commit is of another set, or was changed",
    "inputs": "its inputs are not those that it was made from",
    "ledger": "earlier sets are not as they were committed",
}
"""Check -> what changed since, where it finds something: the first of these that there is explains the others."""


def verify_set(settings: Settings, folder: Path) -> int:
    """Run every check over the set; returns how many there are.

    Raises:
        AuditFailed: with every breach, first what changed since the set was made; or the folder holds no set.
        SettingsError: there is no such folder, or it is not where sets lie.
    """
    as_of = _date_of(folder)
    if not (folder / CHECKSUMS).is_file():
        raise AuditFailed(f"{folder} holds no set: there is no {CHECKSUMS}")
    breaches = audit(evidence_of(settings, folder, as_of))
    if breaches:
        first = f"{folder.name} breaks {len(breaches)} of what it must keep: {_what_changed(breaches)}"
        raise AuditFailed("\n".join([first, *breach_lines(breaches)]))
    return len(all_checks())


def _what_changed(breaches: list[Breach]) -> str:
    found = {breach.check for breach in breaches}
    changed = [words for check, words in CHANGED.items() if check in found]
    return " and ".join(dict.fromkeys(changed)) or "files, inputs and commit are as they were; what it says is wrong"


def _date_of(folder: Path) -> date:
    if not folder.is_dir():
        raise SettingsError(f"{folder}: there is no such folder; a set lies in <output>/<date>/set-…")
    try:
        return date.fromisoformat(folder.resolve().parent.name)
    except ValueError as error:
        raise SettingsError(f"{folder} does not lie in the folder of its date, e.g. 2026-11-21") from error
