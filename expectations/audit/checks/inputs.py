"""Inputs: what the set was made from is still there, unchanged.

The auditor reads raw files as the night does. Whole numbers that a file stores as floating point are ids without a
point: 7.0 is customer 7. A line of CSV ends where it ends, whatever is quoted. Only a cell that begins with a quote is
quoted, and quotes inside are doubled. Blank lines and a byte order mark are skipped. A test compares this with Spark on
thousands of drawn lines. One difference is known: where a quote, blanks and something else follow each other, Spark
adds a quote at the end of the cell. Lines with too few or too many cells are set aside in transactions, responses and
events, as in the night, and are an error elsewhere.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.raw_tables import RawTable


def the_inputs_are_those_of_the_manifest(evidence: Evidence) -> Iterator[Breach]:
    """Every raw file that is read has the name, size and SHA-256 that the manifest states; none is missing.

    Reads: manifest, every raw file.
    """
    tables = {
        "customers": evidence.customers,
        "transactions": evidence.transactions,
        "products": evidence.products,
        "contacts": evidence.contacts,
        "responses": evidence.responses,
        "events": evidence.events,
        "consents": evidence.consents_planned_with or evidence.consents,
    }
    stated = evidence.manifest["sources"]
    for name, table in tables.items():
        yield from _different(name, table, [file for file in stated if file["table"] == name])
    strangers = {file["table"] for file in stated} - set(tables)
    if strangers:
        yield Breach("inputs", "the manifest states tables that nobody knows", len(strangers))
    yield from _different("consents, when it was decided", evidence.consents, evidence.manifest["consents"])


def _different(name: str, table: RawTable | None, stated: list[dict[str, Any]]) -> Iterator[Breach]:
    actual = Counter(_facts(file) for file in table.files()) if table else Counter()
    stated_facts = Counter((file["file"], file["bytes"], file["sha256"]) for file in stated)
    different = max((actual - stated_facts).total(), (stated_facts - actual).total())
    if different:
        yield Breach("inputs", f"{name}: files that are not those that the set was made from", different)


def _facts(file: str) -> tuple[str, int, str]:
    path = Path(file)
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return path.name, path.stat().st_size, digest
