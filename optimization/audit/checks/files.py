"""The files are whole, and say the same in every form."""

import csv
import hashlib
from collections.abc import Iterator
from decimal import Decimal

import pyarrow.parquet as pq

from optimization.audit.evidence import Breach, Evidence

NOT_LISTED = {"SHA256SUMS", "audit.json"}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def every_file_has_its_checksum(evidence: Evidence) -> Iterator[Breach]:
    """SHA256SUMS lists every file but itself and the audit, each with its true sum."""
    lines = (evidence.folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    present = {path.name for path in evidence.folder.iterdir()} - NOT_LISTED
    if present != set(listed):
        yield Breach("checksums", "files and SHA256SUMS do not name the same", len(present ^ set(listed)))
    for name in sorted(present & set(listed)):
        if hashlib.sha256((evidence.folder / name).read_bytes()).hexdigest() != listed[name]:
            yield Breach("checksums", f"{name} is not the file that was sealed", 1)


def the_manifest_counts_what_is_there(evidence: Evidence) -> Iterator[Breach]:
    """Rows of every table, decisions of every status and the sums of money are those of the files."""
    for name, facts in evidence.manifest["files"].items():
        if name.endswith(".parquet"):
            rows = pq.read_metadata(evidence.folder / name).num_rows
            if rows != facts["rows"]:
                yield Breach("manifest", f"{name} has {rows} rows and the manifest says {facts['rows']}", 1)
    for amount in ("value", "cost", "net_value"):
        total = sum((row[amount] for row in evidence.offered), Decimal(0))
        if total != Decimal(evidence.manifest["files"]["decisions.parquet"]["sums"][amount]):
            yield Breach("manifest", f"{amount} adds up to {total}, not to what the manifest says", 1)
    counts = dict.fromkeys(evidence.manifest["statuses"], 0)
    for row in evidence.decisions:
        counts[row["status"]] = counts.get(row["status"], 0) + 1
    if counts != evidence.manifest["statuses"]:
        yield Breach("manifest", "decisions by status are not what the manifest says", len(counts))


def channel_files_hold_the_offers_of_their_channel(evidence: Evidence) -> Iterator[Breach]:
    """Each channel's Parquet and CSV hold exactly the offered decisions of that channel, in one order."""
    for channel in evidence.channels:
        name = str(channel["id"])
        due = sorted((row["customer_id"], row["offer_id"]) for row in evidence.offered if row["channel"] == name)
        table = pq.read_table(evidence.folder / f"{name}.parquet", partitioning=None)
        sent = list(zip(table["customer_id"].to_pylist(), table["offer_id"].to_pylist(), strict=True))
        if sent != due:
            yield Breach(
                "channel files", f"{name}.parquet is not the decisions of its channel", len(set(sent) ^ set(due))
            )
        with (evidence.folder / f"{name}.csv").open(encoding="utf-8", newline="") as text:
            cells = list(csv.reader(text))
        expected = [table.column_names, *([_cell(one) for one in row.values()] for row in table.to_pylist())]
        if cells != expected:
            yield Breach(
                "channel files",
                f"{name}.csv does not say what {name}.parquet says",
                abs(len(cells) - len(expected)) or 1,
            )


def no_cell_starts_a_formula(evidence: Evidence) -> Iterator[Breach]:
    """A spreadsheet that opens a CSV runs nothing."""
    for path in sorted(evidence.folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            bad = sum(
                cell.startswith(FORMULA_STARTS) and not _is_number(cell) for row in csv.reader(file) for cell in row
            )
        if bad:
            yield Breach("formulas", f"{path.name} has cells that a spreadsheet would run", bad)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
