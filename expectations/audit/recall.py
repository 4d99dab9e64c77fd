"""A recall against the set that it is of and the consents that it was made from."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from expectations.audit.answers import allows, answers_of, is_objector
from expectations.audit.csv_text import cells_of
from expectations.audit.evidence import Breach, Evidence

COLUMNS = ("customer_id", "offer_id", "channel")
Row = tuple[str, ...]


def audit_recall(evidence: Evidence, recall: Path) -> list[Breach]:
    """Everything that is wrong with a recall; empty when its files are whole and name whom they must, nobody else.

    Args:
        evidence: of the set; its consents are the list that the recall was made from.
        recall: the sealed folder.
    """
    breaches: list[Breach] = []
    try:
        breaches.extend(_damaged(recall))
        breaches.extend(_wrong(evidence, recall))
    except Exception as error:  # whatever a damaged file makes its reader raise
        breaches.append(Breach("recall", f"cannot be checked: {type(error).__name__}", 1))
    return breaches


def _damaged(recall: Path) -> Iterator[Breach]:
    """SHA256SUMS lists every file but itself and the audit, each with its true sum."""
    lines = (recall / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    files = {path.name: path for path in recall.iterdir() if path.name not in {"SHA256SUMS", "audit.json"}}
    present = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    different = len(listed.items() ^ present.items())
    if different:
        yield Breach("checksums", "files are not those that were sealed", different)


def _wrong(evidence: Evidence, recall: Path) -> Iterator[Breach]:
    """Each channel's files name the contacts of the set that the newest answers forbid, in order of customer_id."""
    decided = (row["customer_id"] for row in evidence.decisions)  # raw customers may have changed since
    answers = answers_of(evidence, evidence.consents, customers=decided)
    due: dict[str, list[Row]] = {str(channel["id"]): [] for channel in evidence.channels}
    for row in sorted(evidence.offered, key=lambda row: str(row["customer_id"])):
        by_channel = answers.get(row["customer_id"], {})
        topic = evidence.topic_of(row["offer_id"])
        allowed = allows(by_channel, row["channel"], topic, unknown_is_allowed=evidence.unknown_consent_is_allowed)
        if is_objector(by_channel) or not allowed:
            due[row["channel"]].append(tuple(row[name] for name in COLUMNS))
    for channel, rows in due.items():
        table = pq.read_table(recall / f"{channel}.parquet", partitioning=None)
        named = [tuple(row[name] for name in COLUMNS) for row in table.to_pylist()]
        if named != rows:
            different = len(set(named) ^ set(rows)) or 1
            yield Breach("recall", f"{channel}.parquet does not name whom it must", different)
        if cells_of(recall / f"{channel}.csv") != [list(COLUMNS), *(list(row) for row in named)]:
            yield Breach("recall", f"{channel}.csv does not say what {channel}.parquet says", 1)
