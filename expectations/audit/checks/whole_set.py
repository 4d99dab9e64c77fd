"""Whole sets: exactly what a set promises lies in it, and nothing that could carry more.

The names are `decisions.parquet`, `limits.csv`, `proof.json`, `report.html`, `manifest.json`, for each channel its
Parquet and its CSV file, `SHA256SUMS` and `audit.json`, and `newcomers.csv` where a model has `when_unknown`. Files are
files, not links; nobody but their owner writes them, and nobody outside the group reads them. A Parquet file has the
columns and types that are promised, no metadata but Arrow's own note of these columns, and no byte that belongs to none
of them.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISDIR, S_ISREG

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.groups import declares_groups

CHECKSUMS, AUDIT = "SHA256SUMS", "audit.json"
OF_EVERY_SET = {"decisions.parquet", "limits.csv", "proof.json", "report.html", "manifest.json"}
FORBIDDEN_OF_FILES, FORBIDDEN_OF_FOLDERS = 0o137, 0o027
"""Permission bits beyond 0640 and 0750."""
MONEY = pa.decimal128(18, 6)
TEXTS = pa.list_(pa.string())
DECISIONS = {"customer_id": pa.string(), "status": pa.string(), "offer_id": pa.string(), "channel": pa.string()}
DECISIONS |= {"value": MONEY, "cost": MONEY, "net_value": MONEY, "probability": pa.float64()}
DECISIONS |= {"chosen_by": pa.string(), "reasons": TEXTS}
SENT = {"customer_id": pa.string(), "offer_id": pa.string(), "channel": pa.string(), "offer_name": pa.string()}
SENT |= {"reason": pa.string(), "valid_until": pa.date32()}
ARROW_NOTE = b"ARROW:schema"
MAGIC = 4
FOOTER_END = 8
"""Bytes behind a footer: its length, and the magic once more."""
COMMIT = re.compile(r"COMMIT\.[1-9][0-9]*", re.ASCII)


def nothing_else_was_sealed(evidence: Evidence) -> Iterator[Breach]:
    """SHA256SUMS names the files of a set, each once, and no other; files and folder have the promised permissions.

    Reads: SHA256SUMS, names and permissions of every file.
    """
    expected = OF_EVERY_SET | {f"{item['id']}.{kind}" for item in evidence.channels for kind in ("csv", "parquet")}
    expected |= {"newcomers.csv"} if declares_groups(evidence) else set()
    others = len(evidence.checksums.keys() ^ expected)
    if others:
        yield Breach("whole set", "files that a set does not have, or lacks", others)
    lines = (evidence.folder / CHECKSUMS).read_bytes().decode().split("\n")
    if sorted(lines) != sorted(["", *(f"{digest}  {name}" for name, digest in evidence.checksums.items())]):
        yield Breach("whole set", "SHA256SUMS has lines that name no file, or one twice", 1)
    entries = [evidence.folder / name for name in sorted({*expected, CHECKSUMS, AUDIT})]
    present = [entry for entry in entries if entry.exists() or entry.is_symlink()]
    linked = sum(not S_ISREG(entry.lstat().st_mode) for entry in present)
    if linked:
        yield Breach("whole set", "links or folders where a file should be", linked)
    modes = [(entry.lstat().st_mode, FORBIDDEN_OF_FILES) for entry in present if not entry.is_symlink()]
    modes.append((evidence.folder.resolve().stat().st_mode, FORBIDDEN_OF_FOLDERS))
    open_to_others = sum(bool(mode & forbidden) for mode, forbidden in modes if S_ISREG(mode) or S_ISDIR(mode))
    if open_to_others:
        yield Breach("whole set", "files or folders with more permissions than 0640 and 0750", open_to_others)


def tables_hold_nothing_more(evidence: Evidence) -> Iterator[Breach]:
    """The Parquet files have their columns with their types, and neither other metadata nor bytes of no column.

    Reads: Parquet files.
    """
    tables = {"decisions.parquet": DECISIONS} | {f"{channel['id']}.parquet": SENT for channel in evidence.channels}
    for name, columns in tables.items():
        file = pq.ParquetFile(evidence.folder / name)
        if [(field.name, _type(field.type)) for field in file.schema_arrow] != list(columns.items()):
            yield Breach("whole set", f"{name} has other columns, or types, than a set promises", 1)
        elif _notes(file):
            yield Breach("whole set", f"{name} has metadata that was not written with it", 1)
        if _bytes_accounted_for(file.metadata) != (evidence.folder / name).stat().st_size:
            yield Breach("whole set", f"{name} has bytes that belong to no column", 1)


def the_commit_seals_set_and_audit(evidence: Evidence) -> Iterator[Breach]:
    """A COMMIT that names the set has the SHA-256 of its SHA256SUMS and of its audit.json.

    Reads: COMMIT, SHA256SUMS, audit.json.
    """
    folder = evidence.folder.resolve()
    for mark in sorted(path for path in folder.parent.iterdir() if COMMIT.fullmatch(path.name)):
        stated = json.loads(mark.read_text(encoding="utf-8"))
        if stated["set"] != folder.name:
            continue
        if stated["sha256"] != _digest(folder / CHECKSUMS):
            yield Breach("commit", f"{mark.name} is of another SHA256SUMS", 1)
        if stated["audit_sha256"] != _digest(folder / AUDIT):
            yield Breach("commit", f"{mark.name} is of another audit.json", 1)


def _type(of: pa.DataType) -> pa.DataType:
    """A type without what lists call their values, and whether these may be missing."""
    return pa.list_(of.value_type) if pa.types.is_list(of) else of


def _notes(file: pq.ParquetFile) -> bool:
    """Whether there is any note but Arrow's own of the columns, or more in that one than the columns."""
    notes = file.metadata.metadata or {}
    if set(notes) - {ARROW_NOTE} or any(field.metadata for field in file.schema_arrow):
        return True
    if ARROW_NOTE not in notes:
        return False
    note = base64.b64decode(notes[ARROW_NOTE], validate=True)
    schema = pa.ipc.read_schema(pa.py_buffer(note))
    is_plain = schema.metadata is None and not any(field.metadata for field in schema)
    return not (is_plain and schema.serialize().to_pybytes() == note)


def _bytes_accounted_for(metadata: pq.FileMetaData) -> int:
    """The magic, every column's pages, the footer."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    pages = sum(group.column(place).total_compressed_size for group in groups for place in range(metadata.num_columns))
    return int(MAGIC + pages + metadata.serialized_size + FOOTER_END)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
