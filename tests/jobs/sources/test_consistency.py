"""Files of one table that are not alike are named; what only looks different is not."""

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conf.sources import Source
from jobs.core.errors import SourceError
from jobs.sources.consistency import check_alike, file_in
from jobs.sources.paths import data_files

COLUMNS = {"customer_id": "who", "offer_id": "what", "responded_at": "at", "outcome": "outcome"}
AT = datetime(2024, 6, 30, 1, 30)  # noqa: DTZ001  it names no zone: that is the case


@pytest.fixture
def check(tmp_path):
    """Holds the files of the folder against one another, as responses."""

    def run(**options):
        source = Source(path=str(tmp_path / "*"), columns=COLUMNS, **options)
        check_alike("responses", source, data_files(source.path))

    return run


@pytest.mark.parametrize(
    ("second", "options"),
    [
        ("WHO,what,at,outcome\n", {}),
        ('\ufeff"who","what","at","outcome"\r\n', {}),
        ("who;what;at;outcome\n", {"separator": ";"}),
        ("who  what\tat outcome\n", {"format": "whitespace"}),
    ],
    ids=["case", "mark and quotes", "separator", "blanks"],
)
def test_headers_that_name_the_same_columns_are_one(check, tmp_path, second, options):
    sign = options.get("separator", " " if "format" in options else ",")
    (tmp_path / "a").write_text(sign.join(COLUMNS.values()) + "\n")
    (tmp_path / "b").write_bytes(second.encode())
    check(**{"format": "csv"} | options)


@pytest.mark.parametrize("second", ["what,who,at,outcome\n", "ann,card,2024-06-30,yes\n", ""])
def test_another_header_stops_and_its_file_is_named(check, tmp_path, second):
    (tmp_path / "a.csv").write_text(",".join(COLUMNS.values()) + "\n")
    (tmp_path / "b.csv").write_text(second)
    with pytest.raises(SourceError, match="responses: the header of b.csv is not that of a.csv"):
        check(format="csv")


def test_a_header_is_read_in_a_compressed_file_too(check, tmp_path):
    (tmp_path / "a.csv").write_text(",".join(COLUMNS.values()) + "\n")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"what,who,at,outcome\n"))
    with pytest.raises(SourceError, match="the header of b.csv.gz"):
        check(format="csv")


def responses(path, **changes):
    columns = {"who": ["ann"], "what": ["card"], "at": [date(2024, 6, 30)], "outcome": ["yes"]} | changes
    pq.write_table(pa.table({name: cells for name, cells in columns.items() if cells is not None}), path)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"outcome": ["yes"]}, {"outcome": None}),  # may be absent, and is null there
        ({"unmapped": [1]}, {"unmapped": ["one"]}),
        ({"at": pa.array([AT], "timestamp[us]")}, {"at": pa.array([AT], "timestamp[ms]")}),
        ({"who": [Decimal("1.00")]}, {"who": [Decimal("100.00")]}),
        ({"who": pa.array(["ann"], "large_string")}, {"who": pa.array(["ann"]).dictionary_encode()}),
    ],
    ids=["optional", "not mapped", "precision", "digits", "layout"],
)
def test_differences_that_spark_reads_as_one_are_none(check, tmp_path, first, second):
    responses(tmp_path / "a.parquet", **first)
    responses(tmp_path / "b.parquet", **second)
    check()


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"who": None}, "responses: b.parquet has no column 'who', and other files of the table have"),
        ({"who": [7]}, "responses: column 'who' is int64 in b.parquet and string in a.parquet"),
        ({"at": pa.array([AT], "timestamp[us]")}, "'at' is a time stamp without a zone in b.parquet and date32"),
    ],
    ids=["missing", "type", "stamp"],
)
def test_a_parquet_file_that_is_not_like_the_first_stops_and_is_named(check, tmp_path, second, message):
    responses(tmp_path / "a.parquet")
    responses(tmp_path / "b.parquet", **second)
    with pytest.raises(SourceError, match=message):
        check()


def test_stamps_with_and_without_a_zone_are_two_types_for_spark_reads_both_as_one(check, tmp_path):
    responses(tmp_path / "a.parquet", at=pa.array([AT.replace(tzinfo=UTC)]))
    responses(tmp_path / "b.parquet", at=pa.array([AT]))
    with pytest.raises(SourceError, match="without a zone in b.parquet and a time stamp with a zone in a.parquet"):
        check()


def test_a_file_that_is_cut_is_named(check, tmp_path):
    responses(tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-9])
    with pytest.raises(SourceError, match="responses: b.parquet is no Parquet file, or it is cut"):
        check()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Encountered error while reading file file:///tmp/day=1/b.parquet. SQLSTATE: KD001", ": b.parquet"),
        ("Encountered error while reading file file:///tmp/b.csv.gz.\n\tat java", ": b.csv.gz"),
        ("something else", ""),
    ],
)
def test_the_file_is_taken_out_of_what_spark_says(text, name):
    assert file_in(RuntimeError(text)) == name
