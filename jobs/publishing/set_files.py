"""The tables of a set as bytes: Parquet for machines, CSV for people, the same rows in both."""

import csv
import io
import unicodedata
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from conf.settings import Settings

MONEY = pa.decimal128(18, 6)
IDS = frozenset(("customer_id", "offer_id", "channel"))
"""Columns that other systems match by: they hold what the source holds, to the sign."""
FORMULA_SIGNS = "=+-@\u2212"
"""With the minus sign beside the hyphen; spreadsheets take the wide and small forms of these signs for the same."""


def in_currency(micros: pa.ChunkedArray) -> pa.ChunkedArray:
    """Integer micros as exact decimals of the currency."""
    micro = pa.scalar(Decimal("0.000001"), pa.decimal128(6, 6))
    return pc.cast(pc.multiply(pc.cast(micros, pa.decimal128(19, 0)), micro), MONEY)


def channel_table(decisions: pa.Table, settings: Settings, channel: str) -> pa.Table:
    """What the channel needs to send: whom, what, what it is called, why, until when; in order of customer_id."""
    offers = {offer.id: offer for offer in settings.offers}
    is_sent = pc.and_(pc.equal(decisions["status"], "offered"), pc.equal(decisions["channel"], channel))
    sent = decisions.filter(pc.fill_null(is_sent, False))
    rows, ids = sent.select(["customer_id", "offer_id", "channel"]), sent["offer_id"].to_pylist()
    messages = rows.append_column("offer_name", pa.array([offers[offer_id].name for offer_id in ids], pa.string()))
    messages = messages.append_column("reason", pc.list_element(sent["reasons"], 0))
    return messages.append_column("valid_until", pa.array([offers[offer_id].valid_to for offer_id in ids], pa.date32()))


def parquet_bytes(table: pa.Table) -> bytes:
    """The table as one Parquet file; the same rows make the same bytes."""
    sink = io.BytesIO()
    pq.write_table(table.combine_chunks().replace_schema_metadata(None), sink, compression="zstd")
    return sink.getvalue()


def csv_bytes(table: pa.Table) -> bytes:
    """The table as CSV in UTF-8 with a header; an apostrophe comes before text that a spreadsheet would run."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        writer.writerow([_cell(name, value) for name, value in row.items()])
    return text.getvalue().encode("utf-8")


def _cell(column: str, value: object) -> object:
    if isinstance(value, str) and column not in IDS and _starts_a_formula(value):
        return f"'{value}"
    return "" if value is None else value


def _starts_a_formula(text: str) -> bool:
    """Whether its first visible sign begins a formula, or it begins with a control character."""
    visible = next((sign for sign in text if sign.isprintable() and not sign.isspace()), "")
    is_sign = unicodedata.normalize("NFKC", visible)[:1] in tuple(FORMULA_SIGNS)
    return is_sign or unicodedata.category(text[:1] or " ") == "Cc"
