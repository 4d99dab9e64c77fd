"""Workers that read the lake's files themselves see the rows that Spark would hand them."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.core.lake import Lake, NotInLake
from jobs.scoring.feature_files import feature_files

AS_OF = date(2024, 7, 1)
ROWS = [
    {"customer_id": "007", "visits": 1.5, "region": "north", "categories": [{"category": "wine", "spend": 2.0}]},
    {"customer_id": "ann", "visits": None, "region": None, "categories": None},
    {"customer_id": "bob", "visits": 3.0, "region": "south", "categories": []},
]


def as_they_came(batches):
    """Text of every row, so that types and nulls are compared as well."""
    for batch in batches:
        texts = [repr(row) for row in batch.to_pylist()]
        yield pa.RecordBatch.from_arrays([pa.array(texts, pa.string())], ["row"])


def rows_of(table):
    return sorted(row["row"] for row in table.mapInArrow(as_they_came, "row string").collect())


@pytest.fixture
def lake(tmp_path):
    """Two files, one of them with a row group for each row."""
    folder = Lake(tmp_path).folder("features", AS_OF)
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "part-0.parquet", row_group_size=1)
    pq.write_table(pa.Table.from_pylist(ROWS[:1]), folder / "part-1.parquet")
    (folder / "_SUCCESS").touch()
    return Lake(tmp_path)


def test_workers_read_what_spark_hands_over(spark, lake):
    from_files = feature_files(spark, lake.files("features", AS_OF))
    assert list(from_files.columns) == list(ROWS[0])
    assert rows_of(from_files) == rows_of(lake.read(spark, "features", AS_OF))
    assert len(rows_of(from_files)) == 4


def test_only_the_columns_that_are_asked_for_are_read(spark, lake):
    few = feature_files(spark, lake.files("features", AS_OF)).select("customer_id", "visits")
    assert rows_of(few)[0] == "{'customer_id': '007', 'visits': 1.5}"


def test_a_table_without_rows_is_one_task_without_rows(spark, tmp_path):
    pq.write_table(pa.Table.from_pylist(ROWS).slice(0, 0), tmp_path / "empty.parquet")
    assert rows_of(feature_files(spark, [tmp_path / "empty.parquet"])) == []


def test_a_table_that_was_not_computed_is_named(lake):
    with pytest.raises(NotInLake, match="no values for 2024-07-01"):
        lake.files("values", AS_OF)
