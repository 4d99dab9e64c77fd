"""Which tables were read and written, counted from the footers of their files."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.core.lake import Lake
from jobs.core.table_io import TableIO, columns_of, row_counts

DAY, DAY_BEFORE = date(2024, 7, 1), date(2024, 6, 30)


def customers(*names):
    return pa.table({"customer_id": pa.array(names, pa.string())})


@pytest.fixture
def lake(tmp_path):
    """Two customers on the day, one on the day before; what wrote them is forgotten."""
    first = Lake(tmp_path / "lake")
    first.write_arrow(customers("ann", "bob"), "features", DAY)
    first.write_arrow(customers("ann"), "features", DAY_BEFORE)
    return Lake(tmp_path / "lake")


def counts(tables, **source_rows):
    return row_counts(tables, source_rows)


def test_a_table_that_is_read_is_noted_and_counted(lake):
    lake.read_arrow("features", DAY)
    assert counts(lake.table_io.inputs) == {"features": 2}
    assert lake.table_io.outputs == {}


def test_looking_whether_a_table_is_there_is_not_reading_it(lake):
    assert lake.has("features", DAY)
    assert lake.folder("features", DAY).is_dir()
    assert lake.table_io == TableIO()


def test_of_a_table_of_several_dates_all_rows_that_were_read_count(lake):
    for day in (DAY, DAY_BEFORE, DAY):  # read twice, there once
        lake.files("features", day)
    assert counts(lake.table_io.inputs) == {"features": 3}


def test_spark_counts_its_own_writing_no_other_way(lake, spark):
    lake.write(spark.range(5).repartition(3), "plan", DAY)
    assert counts(lake.table_io.outputs) == {"plan": 5}
    assert lake.table_io.inputs == {}


def test_a_table_that_is_computed_again_counts_as_it_is_then(lake):
    lake.write_arrow(customers("ann"), "features", DAY)
    assert counts(lake.table_io.outputs) == {"features": 1}


def test_an_empty_table_has_no_rows_and_a_page_none_to_count(lake):
    lake.write_arrow(customers(), "quarantine", DAY)
    lake.write_file(b"<html>", "report", DAY, "report.html")
    assert counts(lake.table_io.outputs) == {"quarantine": 0, "report": None}


def test_sources_have_the_rows_that_were_counted_when_they_were_gated():
    table_io = TableIO()
    for name in ("sources.customers", "sources.products"):
        table_io.reads(name)
    assert counts(table_io.inputs, customers=7) == {"sources.customers": 7, "sources.products": None}


def test_what_is_damaged_or_gone_has_no_rows_to_count_and_fails_nobody(lake):
    lake.read_arrow("features", DAY)
    (file,) = lake.folder("features", DAY).glob("*.parquet")
    file.write_bytes(b"PAR1 no more")
    assert counts(lake.table_io.inputs) == {"features": None}
    assert columns_of([file]) == []
    assert counts({"published": {Path("gone/decisions.parquet")}}) == {"published": None}


def test_columns_have_names_and_types(lake):
    assert columns_of([lake.folder("features", DAY)]) == [("customer_id", "string")]
    assert columns_of([]) == []
