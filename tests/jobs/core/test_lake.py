"""A table of a date is replaced whole or not at all."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.core.lake import Lake, NotInLake

DAY = date(2024, 7, 1)
ANN, BOB = pa.table({"customer_id": ["ann"]}), pa.table({"customer_id": ["bob"], "cost": [1]})


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "lake")


def test_what_was_written_is_read_again_without_the_date_as_a_column(lake):
    lake.write_arrow(BOB, "plan", DAY)
    assert lake.read_arrow("plan", DAY).equals(BOB)


def test_a_second_write_replaces_the_first_and_leaves_nothing_of_it(lake):
    lake.write_arrow(ANN, "plan", DAY)
    lake.write_arrow(BOB, "plan", DAY)
    assert lake.read_arrow("plan", DAY).equals(BOB)
    assert [path.name for path in (lake.root / "plan").iterdir()] == ["as_of=2024-07-01"]
    assert [path.name for path in lake.folder("plan", DAY).iterdir()] == ["part-0.parquet"]


def test_a_write_that_fails_leaves_the_table_as_it_was(lake, monkeypatch):
    lake.write_arrow(ANN, "plan", DAY)

    def fail(*arguments, **keywords):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", fail)
    with pytest.raises(OSError, match="No space left"):
        lake.write_arrow(BOB, "plan", DAY)
    assert lake.read_arrow("plan", DAY).equals(ANN)


def test_notes_of_other_writers_are_not_kept(lake):
    noted = ANN.replace_schema_metadata({"org.apache.spark.sql.parquet.row.metadata": "another schema"})
    lake.write_arrow(noted, "plan", DAY)
    assert pq.read_schema(lake.folder("plan", DAY) / "part-0.parquet").metadata is None


def test_the_same_rows_make_the_same_bytes(lake):
    lake.write_arrow(BOB, "plan", DAY)
    first = (lake.folder("plan", DAY) / "part-0.parquet").read_bytes()
    lake.write_arrow(BOB, "plan", DAY)
    assert (lake.folder("plan", DAY) / "part-0.parquet").read_bytes() == first


def test_a_file_that_is_no_table_is_replaced_too(lake):
    lake.write_file(b"<p>one</p>", "report", DAY, "report.html")
    lake.write_file(b"<p>two</p>", "report", DAY, "report.html")
    assert (lake.folder("report", DAY) / "report.html").read_bytes() == b"<p>two</p>"


def test_what_was_not_computed_is_named_with_its_date(lake):
    assert not lake.has("plan", DAY)
    with pytest.raises(NotInLake, match="no plan for 2024-07-01 .* run the earlier stages"):
        lake.read_arrow("plan", DAY)


def test_the_newest_earlier_date_is_strictly_earlier(lake):
    assert lake.newest_before("plan", DAY) is None
    for day in (date(2023, 12, 31), date(2024, 6, 9), date(2024, 6, 10), DAY, date(2024, 7, 2)):
        lake.write_arrow(ANN, "plan", day)
    (lake.root / "plan" / ".attempt-left-by-a-crash").mkdir()
    assert lake.newest_before("plan", DAY) == date(2024, 6, 10)
    assert lake.newest_before("plan", date(2023, 12, 31)) is None
    assert lake.newest_before("features", DAY) is None


def test_copies_keep_their_names_and_their_bytes(lake, tmp_path):
    files = [tmp_path / "june" / "a.csv", tmp_path / "july" / "a.csv"]
    for path in files:
        path.parent.mkdir()
        path.write_text(path.parent.name)
    lake.copy_files(files, tmp_path, "consents", DAY)
    copies = {path.name: (path / "a.csv").read_text() for path in lake.folder("consents", DAY).iterdir()}
    assert copies == {"june": "june", "july": "july"}


def test_a_table_can_be_forgotten_and_its_other_dates_stay(lake):
    lake.write_arrow(ANN, "plan", DAY)
    lake.write_arrow(BOB, "plan", date(2024, 7, 2))
    lake.remove("plan", DAY)
    lake.remove("plan", DAY)
    assert [path.name for path in (lake.root / "plan").iterdir()] == ["as_of=2024-07-02"]


def test_what_killed_attempts_of_a_date_left_is_removed_and_nothing_of_another(lake):
    lake.write_arrow(ANN, "plan", DAY)
    for name in (f".attempt-{DAY}-1", f".old-{DAY}-1", ".attempt-2024-07-02-1"):
        (lake.root / "plan" / name / "part").mkdir(parents=True)
    lake.remove_leftovers(DAY)
    assert {path.name for path in (lake.root / "plan").iterdir()} == {"as_of=2024-07-01", ".attempt-2024-07-02-1"}


def test_earlier_dates_come_latest_first(lake):
    for day in (28, 30, 29):
        lake.write_arrow(ANN, "plan", date(2024, 6, day))
    lake.write_arrow(ANN, "plan", DAY)
    assert [day.day for day in lake.days_before("plan", DAY)] == [30, 29, 28]
    assert lake.newest_before("plan", DAY) == date(2024, 6, 30)
    assert lake.days_before("plan", date(2024, 6, 28)) == []
