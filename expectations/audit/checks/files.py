"""Files: they are complete, and say the same in every form."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import zip_longest
from typing import Any

import pyarrow.parquet as pq

from expectations.audit.csv_text import cells_of
from expectations.audit.evidence import Breach, Evidence
from expectations.audit.spreadsheet import IDS, cell, is_run

CHECKSUMS = "SHA256SUMS"
NOT_LISTED = {CHECKSUMS, "audit.json"}


def every_file_has_its_checksum(evidence: Evidence) -> Iterator[Breach]:
    """SHA256SUMS lists every file but itself and the audit, each with its checksum; the folder's name follows.

    Reads: every file of the set.
    """
    listed = evidence.checksums
    present = {path.name for path in evidence.folder.iterdir()} - NOT_LISTED
    if present != set(listed):
        yield Breach("checksums", "files and SHA256SUMS do not name the same", len(present ^ set(listed)))
    for name in sorted(present & set(listed)):
        if hashlib.sha256((evidence.folder / name).read_bytes()).hexdigest() != listed[name]:
            yield Breach("checksums", f"{name} is not the file that was sealed", 1)
    sealed = hashlib.sha256((evidence.folder / CHECKSUMS).read_bytes()).hexdigest()
    if evidence.folder.resolve().name != f"set-{sealed[:16]}":
        yield Breach("checksums", "the folder is not named for what SHA256SUMS says", 1)


def the_manifest_lists_what_was_sealed(evidence: Evidence) -> Iterator[Breach]:
    """The manifest has the date, and names every sealed file but itself with the checksum of SHA256SUMS.

    Reads: manifest, SHA256SUMS.
    """
    if evidence.manifest["as_of"] != evidence.as_of.isoformat():
        yield Breach("manifest", f"it is of {evidence.manifest['as_of']}, and the set of {evidence.as_of}", 1)
    sealed = {name: digest for name, digest in evidence.checksums.items() if name != "manifest.json"}
    stated = {name: facts["sha256"] for name, facts in evidence.manifest["files"].items()}
    different = len(sealed.items() ^ stated.items())
    if different:
        yield Breach("manifest", "names of files, or their checksums, are not those of SHA256SUMS", different)


def channel_files_hold_the_offers_of_their_channel(evidence: Evidence) -> Iterator[Breach]:
    """Each channel's Parquet and CSV hold exactly the offered decisions of that channel, in one order.

    Reads: decisions, channel files, offers.csv.
    """
    channels = [str(channel["id"]) for channel in evidence.channels]
    for name in channels:
        due, table = _due(evidence, name), pq.read_table(evidence.folder / f"{name}.parquet", partitioning=None)
        sent = table.to_pylist()
        if sent != due:
            different = len(_as_set(sent) ^ _as_set(due)) or 1
            yield Breach("channel files", f"{name}.parquet is not the decisions of its channel", different)
        cells = cells_of(evidence.folder / f"{name}.csv")
        expected = [table.column_names, *([cell(name, value) for name, value in row.items()] for row in sent)]
        if cells != expected:
            different = abs(len(cells) - len(expected)) or 1
            yield Breach("channel files", f"{name}.csv does not say what {name}.parquet says", different)


def no_cell_starts_a_formula(evidence: Evidence) -> Iterator[Breach]:
    """No text of a CSV file makes a spreadsheet run something; ids stand there as the source has them.

    Reads: CSV files.
    """
    for path in sorted(evidence.folder.glob("*.csv")):
        header, *rows = cells_of(path) or [[]]
        cells = [text for row in rows for name, text in zip_longest(header, row) if name not in IDS and text]
        bad = sum(is_run(text) and not _is_number(text) for text in (*header, *cells))
        if bad:
            yield Breach("formulas", f"{path.name} has cells that a spreadsheet would run", bad)


def _due(evidence: Evidence, channel: str) -> list[dict[str, Any]]:
    """What a channel is to send, and nothing else about anybody; an unknown offer has no name."""
    sent = [row for row in evidence.offered if row["channel"] == channel]
    return [
        {name: row[name] for name in ("customer_id", "offer_id", "channel")} | _words(evidence, row)
        for row in sorted(sent, key=lambda row: (row["customer_id"], row["offer_id"]))
    ]


def _words(evidence: Evidence, row: Mapping[str, Any]) -> dict[str, Any]:
    offer = evidence.offer_of.get(row["offer_id"])
    last_day = date.fromisoformat(str(offer["valid_to"])) if offer else None
    reason = next(iter(row["reasons"] or ()), None)
    return {"offer_name": offer["name"] if offer else None, "reason": reason, "valid_until": last_day}


def _as_set(rows: list[dict[str, Any]]) -> set[tuple[object, ...]]:
    return {tuple(row.values()) for row in rows}


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
