"""Counts: what the manifest counts is what the files hold."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pyarrow.parquet as pq

from expectations.audit.evidence import Breach, Evidence

OPTED_OUT = "consent: opted out while the night ran"


def the_manifest_counts_what_is_there(evidence: Evidence) -> Iterator[Breach]:
    """Rows of every table, decisions of every status, late opt-outs and the sums of money are those of the files.

    Reads: manifest, Parquet files.
    """
    for name, facts in evidence.manifest["files"].items():
        path = evidence.folder / name
        if path.suffix == ".parquet" and path.exists():
            rows = pq.read_metadata(path).num_rows
            if rows != facts["rows"]:
                yield Breach("manifest", f"{name} has {rows} rows and the manifest says {facts['rows']}", 1)
    for amount, stated in evidence.manifest["files"]["decisions.parquet"]["sums"].items():
        total = sum((row[amount] or Decimal(0) for row in evidence.offered), Decimal(0))
        if total != Decimal(stated):
            yield Breach("manifest", f"{amount} adds up to {total}, not to what the manifest says", 1)
    yield from _statuses(evidence)


def _statuses(evidence: Evidence) -> Iterator[Breach]:
    counts = Counter(row["status"] for row in evidence.decisions)
    stated = Counter(evidence.manifest["statuses"])
    different = sum(counts[status] != stated[status] for status in counts.keys() | stated.keys())
    if different:
        yield Breach("manifest", "decisions by status are not what the manifest says", different)
    opted_out = sum(OPTED_OUT in (row["reasons"] or ()) for row in evidence.decisions)
    if opted_out != evidence.manifest["plan"]["opted_out"]:
        yield Breach("manifest", "late opt-outs are not as many as the manifest says", 1)
