"""The peer of the feature table makes the same features, and the comparison would see it if it did not."""

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchmarks.feature_comparison import differences
from benchmarks.feature_night import in_duckdb, write_features
from benchmarks.purchase_files import write_purchase_files


@pytest.fixture(scope="module")
def folder(spark, tmp_path_factory):
    made = tmp_path_factory.mktemp("purchases")
    write_purchase_files(made, customers=60, lines=1_500, seed=5)
    write_features(spark, made)
    in_duckdb(made)
    return made


def test_duckdb_and_spark_make_the_same_features_of_the_same_files(folder):
    assert differences(f"{folder}/spark/*.parquet", f"{folder}/duckdb.parquet", folder) == {}


def test_one_value_that_differs_and_one_customer_who_is_missing_are_counted(folder):
    table = pq.read_table(folder / "duckdb.parquet").sort_by("customer_id")
    spend = pc.add(table["spend_365d"], pc.if_else(pc.equal(table["customer_id"], "c7"), 0.01, 0.0))
    changed = table.set_column(table.column_names.index("spend_365d"), "spend_365d", spend)
    pq.write_table(changed.filter(pc.not_equal(table["customer_id"], "c9")), folder / "changed.parquet")
    counts = differences(f"{folder}/changed.parquet", f"{folder}/duckdb.parquet", folder)
    assert counts["rows"] == 1
    assert 1 <= counts["spend_365d"] <= 2


def test_the_files_are_in_the_order_of_time_and_a_third_of_the_customers_buys_most(folder):
    lines = pq.read_table(folder / "transactions.parquet")
    assert lines["happened_at"].to_pylist() == sorted(lines["happened_at"].to_pylist())
    counts = sorted(pc.value_counts(lines["customer_id"]).field("counts").to_pylist(), reverse=True)
    assert sum(counts[:20]) > 0.5 * len(lines)
