"""Audits a published decision set again."""

from datetime import date
from pathlib import Path

from conf.settings import Settings
from expectations.audit import audit
from expectations.audit.auditor import all_checks
from jobs.commit.protocol import CHECKSUMS
from jobs.core.errors import AuditFailed
from jobs.publishing.audit_evidence import evidence_of
from jobs.stages.publish import audit_text


def verify_set(settings: Settings, folder: Path) -> int:
    """Run every check over the set; returns how many there are.

    Raises:
        AuditFailed: with every breach, or because the folder holds no set.
    """
    if not (folder / CHECKSUMS).is_file():
        raise AuditFailed(f"{folder} holds no set: there is no {CHECKSUMS}")
    breaches = audit(evidence_of(settings, folder, _date_of(folder)))
    if breaches:
        raise AuditFailed(audit_text(folder, breaches))
    return len(all_checks())


def _date_of(folder: Path) -> date:
    try:
        return date.fromisoformat(folder.resolve().parent.name)
    except ValueError as error:
        raise AuditFailed(f"{folder} does not lie in the folder of its date, e.g. 2026-11-21") from error
