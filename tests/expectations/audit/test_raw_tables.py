"""Raw files are read as they lie: every id the text it is, every file that counts and no other."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.audit import RawTable
from expectations.audit.answers import newest_answers
from expectations.audit.spellings import channels_of

IDS = {"customer_id": "id"}


CHANNELS = channels_of([{"id": "email"}, {"id": "sms"}], ())


def answers_of_ann(table):
    return newest_answers(table, ["ann"], CHANNELS, ZoneInfo("UTC"))


def raw(path, kind="csv", columns=IDS, constants=None, **more):
    return RawTable(str(path), kind, columns, constants or {}, **more)


def ids(table):
    return [row for (row,) in table.rows("customer_id")]


def test_ids_of_a_csv_are_text_with_their_leading_zeros(tmp_path):
    (tmp_path / "a.csv").write_text("id,name\n007,ann\n1e3,bob\n NA ,cid\nNA,dora\n")
    assert ids(raw(tmp_path / "a.csv")) == ["007", "1e3", " NA ", "NA"]


def test_an_empty_cell_is_not_known_quoted_or_not(tmp_path):
    (tmp_path / "a.csv").write_text('id,home\nann,\nbob,""\n')
    assert list(raw(tmp_path / "a.csv", columns={**IDS, "household_id": "home"}).rows("household_id")) == [
        (None,),
        (None,),
    ]


def test_a_csv_may_have_another_separator_and_a_byte_order_mark(tmp_path):
    (tmp_path / "a.csv").write_text("\ufeffid;home\nann;1\n", encoding="utf-8")
    assert ids(raw(tmp_path / "a.csv", separator=";")) == ["ann"]


def test_columns_may_stand_in_another_order_in_each_file(tmp_path):
    (tmp_path / "1.csv").write_text("id,home\nann,1\n")
    (tmp_path / "2.csv").write_text("more,home,id\nx,2,bob\n")
    table = raw(tmp_path / "*.csv", columns={**IDS, "household_id": "home"})
    assert list(table.rows("customer_id", "household_id")) == [("ann", "1"), ("bob", "2")]


def test_a_column_that_is_not_mapped_is_none_and_a_constant_fills_every_row(tmp_path):
    (tmp_path / "a.csv").write_text("id\nann\nbob\n")
    table = raw(tmp_path / "a.csv", constants={"channel": "email"})
    assert list(table.rows("customer_id", "channel", "household_id")) == [
        ("ann", "email", None),
        ("bob", "email", None),
    ]


def test_parquet_gives_ids_as_text_and_its_own_types_for_the_rest(tmp_path):
    now = datetime(2024, 7, 1, tzinfo=UTC)
    pq.write_table(pa.table({"id": [7], "at": pa.array([now], pa.timestamp("us", "UTC"))}), tmp_path / "a.parquet")
    table = raw(tmp_path / "a.parquet", "parquet", {**IDS, "updated_at": "at"})
    assert list(table.rows("customer_id", "updated_at")) == [("7", now)]


def test_a_parquet_file_that_lacks_a_column_knows_nothing_of_it(tmp_path):
    pq.write_table(pa.table({"id": pa.array([1], pa.int32())}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"id": pa.array([2], pa.int64()), "home": ["x"]}), tmp_path / "2.parquet")
    table = raw(tmp_path, "parquet", {**IDS, "household_id": "home"})
    assert list(table.rows("customer_id", "household_id")) == [("1", None), ("2", "x")]


def test_text_in_columns_of_blanks_is_read_by_its_first_line(tmp_path):
    (tmp_path / "a.txt").write_text("  id   date  amount\n 00001 19970101   11.77\n\n 00002 19970112\n")
    table = raw(tmp_path / "a.txt", "whitespace", {**IDS, "amount": "amount"}, skips_bad_lines=True)
    assert list(table.rows("customer_id", "amount")) == [("00001", 11_770_000)]


@pytest.mark.parametrize(
    ("kind", "lines"), [("csv", "id,home\nann,1\nbob\ncid,1,2\n"), ("whitespace", "id home\nann 1\nbob\n")]
)
def test_a_line_with_too_few_or_too_many_fields_is_an_error_unless_such_are_set_aside(tmp_path, kind, lines):
    (tmp_path / "a").write_text(lines)
    assert ids(raw(tmp_path / "a", kind, skips_bad_lines=True)) == ["ann"]
    with pytest.raises(ValueError, match="too few|Expected 2 columns"):
        ids(raw(tmp_path / "a", kind))


def test_only_the_rows_of_the_customers_asked_for_are_kept(tmp_path):
    (tmp_path / "a.csv").write_text("id,home\nann,1\nbob,2\nann,3\n")
    table = raw(tmp_path / "a.csv", columns={**IDS, "household_id": "home"})
    assert list(table.rows("household_id", of={"ann", "zoe"})) == [("1",), ("3",)]


def test_of_a_distinct_table_equal_rows_are_one(tmp_path):
    (tmp_path / "a.csv").write_text("id,home,more\nann,1,x\nann,1,y\nann,2,x\n")
    columns = {**IDS, "household_id": "home"}
    assert ids(raw(tmp_path / "a.csv", columns=columns, is_distinct=True)) == ["ann", "ann"]
    assert ids(raw(tmp_path / "a.csv", columns=columns)) == ["ann", "ann", "ann"]


@pytest.mark.parametrize("pattern", ["lake", "lake/*.parquet", "l*"])
def test_a_folder_and_a_pattern_stand_for_their_files(tmp_path, pattern):
    (tmp_path / "lake").mkdir()
    for name, item in (("part-0", "ann"), ("part-1", "bob")):
        pq.write_table(pa.table({"id": [item]}), tmp_path / "lake" / f"{name}.parquet")
    assert ids(raw(tmp_path / pattern, "parquet")) == ["ann", "bob"]


def test_marks_of_writers_are_no_data(tmp_path):
    folder = tmp_path / "lake"
    for name in ("part-0.csv", "_SUCCESS", ".part-0.csv.crc", "_temporary/part-9.csv", "year=2024/part-1.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"id\n{name}\n")
    assert ids(raw(folder)) == ["part-0.csv", "year=2024/part-1.csv"]


@pytest.mark.parametrize("kind", ["csv", "parquet", "whitespace"])
def test_nothing_at_the_path_and_an_empty_folder_are_no_table(tmp_path, kind):
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "nowhere", tmp_path / "empty"):
        with pytest.raises(FileNotFoundError, match="nothing lies at"):
            ids(raw(path, kind))


@pytest.mark.parametrize("kind", ["csv", "parquet", "whitespace"])
def test_a_mapped_column_that_is_not_there_is_an_error(tmp_path, kind):
    path = tmp_path / "a"
    path.write_text("name\nann\n")
    if kind == "parquet":
        pq.write_table(pa.table({"name": ["ann"]}), path)
    with pytest.raises((KeyError, ValueError)):
        ids(raw(path, kind))


@pytest.mark.parametrize(
    ("answer", "is_yes"),
    [
        ("true", True),
        ("TRUE", True),
        ("1", True),
        ("yes", True),
        (" y ", True),
        ("false", False),
        ("0", False),
        ("", False),
    ],
)
def test_whatever_is_not_a_yes_is_a_no(tmp_path, answer, is_yes):
    (tmp_path / "a.csv").write_text(f"id,to,ok,at\nann,sms,{answer},2024-01-01\n")
    columns = {**IDS, "channel": "to", "is_allowed": "ok", "updated_at": "at"}
    assert answers_of_ann(raw(tmp_path / "a.csv", columns=columns)) == {"ann": {"sms": is_yes}}


@pytest.mark.parametrize(("kind", "values"), [(pa.bool_(), [True]), (pa.int8(), [1]), (pa.float64(), [1.0])])
def test_a_yes_may_be_stored_as_truth_or_as_a_number(tmp_path, kind, values):
    facts = {"id": ["ann"], "ok": pa.array(values, kind), "at": [datetime(2024, 1, 1)]}  # noqa: DTZ001  no zone is named
    pq.write_table(pa.table(facts), tmp_path / "a.parquet")
    table = raw(
        tmp_path / "a.parquet",
        "parquet",
        {**IDS, "is_allowed": "ok", "updated_at": "at"},
        {"channel": "*"},
    )
    assert answers_of_ann(table) == {"ann": {"*": True}}


def test_the_newest_answer_counts_whatever_the_order_of_the_rows(tmp_path):
    rows = ["ann,sms,true,2024-02-01", "ann,sms,false,2024-01-01", "ann,email,true,2024-01-01"]
    columns = {**IDS, "channel": "to", "is_allowed": "ok", "updated_at": "at"}
    for drawn in (rows, rows[::-1]):
        (tmp_path / "a.csv").write_text("\n".join(["id,to,ok,at", *drawn]) + "\n")
        assert answers_of_ann(raw(tmp_path / "a.csv", columns=columns)) == {"ann": {"sms": True, "email": True}}
