"""The bytes of a set: exact money, the same rows in Parquet and CSV, no cell that a spreadsheet would run."""

import csv
import io
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from jobs.publishing.set_files import channel_table, csv_bytes, in_currency, parquet_bytes

OFFERS = SimpleNamespace(
    offers=(
        SimpleNamespace(id="card", name="Golden card", valid_to=date(2024, 12, 31)),
        SimpleNamespace(id="gift", name="A gift, small", valid_to=date(2024, 7, 1)),
    )
)
DECISIONS = pa.table(
    {
        "customer_id": ["007", "ann", "bob", "cid"],
        "status": ["offered", "offered", "offered", "not_selected"],
        "offer_id": ["gift", "card", "card", None],
        "channel": ["email", "email", "sms", None],
        "reasons": [["best of 2"], ["best of 1"], ["best of 7"], ["limits", "rules: adults"]],
    }
)


def cells(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


@given(st.lists(st.integers(-(10**18) + 1, 10**18 - 1) | st.none(), max_size=5))
def test_money_in_the_currency_is_exact_to_the_millionth(millionths):
    amounts = in_currency(pa.chunked_array([pa.array(millionths, pa.int64())]))
    assert amounts.type == pa.decimal128(18, 6)
    assert amounts.to_pylist() == [None if amount is None else Decimal(amount).scaleb(-6) for amount in millionths]


def test_a_channel_gets_whom_what_why_and_until_when_and_nothing_else():
    table = channel_table(DECISIONS, OFFERS, "email")
    assert table.to_pylist() == [
        {"customer_id": "007", "offer_id": "gift", "channel": "email", "offer_name": "A gift, small"}
        | {"reason": "best of 2", "valid_until": date(2024, 7, 1)},
        {"customer_id": "ann", "offer_id": "card", "channel": "email", "offer_name": "Golden card"}
        | {"reason": "best of 1", "valid_until": date(2024, 12, 31)},
    ]


def test_a_channel_without_offers_gets_a_header_and_no_row():
    table = channel_table(DECISIONS, OFFERS, "fax")
    assert cells(csv_bytes(table)) == [["customer_id", "offer_id", "channel", "offer_name", "reason", "valid_until"]]
    assert pq.read_table(io.BytesIO(parquet_bytes(table))).schema == table.schema


def test_csv_and_parquet_say_the_same():
    table = channel_table(DECISIONS, OFFERS, "email")
    read = pq.read_table(io.BytesIO(parquet_bytes(table)))
    assert cells(csv_bytes(table))[1:] == [[str(value) for value in row.values()] for row in read.to_pylist()]


BEFORE = st.text("\t\r\n\v \xa0\u200b\u202e\ufeff", max_size=3)
SIGNS = st.sampled_from("=+-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\u207a")


@given(BEFORE, SIGNS, st.text(st.characters(exclude_categories=["Cs"]), max_size=3))
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(before, sign, after):
    text = before + sign + after
    assert cells(csv_bytes(pa.table({"offer_name": [text], "reason": [text]})))[1] == [f"'{text}", f"'{text}"]


@given(BEFORE, SIGNS, st.text(st.characters(exclude_categories=["Cs"]), max_size=3))
def test_ids_are_written_as_the_source_has_them(before, sign, after):
    row = dict.fromkeys(("customer_id", "offer_id", "channel"), before + sign + after)
    assert cells(csv_bytes(pa.Table.from_pylist([row])))[1] == list(row.values())


def test_numbers_dates_and_unknown_cells_are_written_plainly():
    row = {"use": -0.5, "cost": Decimal("-0.000001"), "day": date(2024, 7, 1), "is_binding": True, "none": None}
    assert cells(csv_bytes(pa.Table.from_pylist([row])))[1] == ["-0.5", "-0.000001", "2024-07-01", "True", ""]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_any_text_comes_back_from_the_csv(names):
    read = cells(csv_bytes(pa.table({"one": ["x"] * len(names), "name": pa.array(names, pa.string())})))
    assert [row[1] if not row[1].startswith("'") or row[1] in names else row[1][1:] for row in read[1:]] == names


def test_the_same_rows_make_the_same_bytes_however_they_came():
    whole = DECISIONS
    split = pa.concat_tables([whole.slice(0, 1), whole.slice(1)]).replace_schema_metadata({"made": "elsewhere"})
    assert parquet_bytes(split) == parquet_bytes(whole)
    assert csv_bytes(split) == csv_bytes(whole)
