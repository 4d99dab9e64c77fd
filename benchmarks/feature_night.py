"""The same feature table by us and by DuckDB: `python -m benchmarks.feature_night make|spark|duckdb FOLDER`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from time import monotonic, process_time
from typing import TYPE_CHECKING

from benchmarks.purchase_files import AS_OF, write_purchase_files
from benchmarks.resource_use import stages

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from models.sources import Sources

TABLES = ("customers", "products", "transactions", "contacts", "responses")
THREADS = 2
LINES_PER_PARTITION = 500_000


def in_spark(folder: Path, lines: int) -> dict[str, float]:
    """On two threads of a local Spark, from the files to the written table; its start is not counted."""
    from conf.deployment import Deployment, Spark  # noqa: PLC0415
    from jobs.spark.session import start_session  # noqa: PLC0415

    options = {"spark.driver.memory": "6g", "spark.sql.shuffle.partitions": max(4, lines // LINES_PER_PARTITION)}
    settings = Spark(master=f"local[{THREADS}]", settings=options)
    spark = start_session(
        Deployment(name="benchmark", lake=folder, output=folder, currency="EUR", time_zone="UTC", spark=settings)
    )
    spark.sparkContext.setLogLevel("ERROR")
    java = spark.sparkContext._gateway.proc.pid
    began, worked = monotonic(), _cpu_seconds(java)
    write_features(spark, folder)
    seconds, cpu = monotonic() - began, _cpu_seconds(java) - worked
    listed = stages(spark)
    return {
        "seconds": seconds,
        "CPU seconds": cpu,
        "MB shuffled": sum(stage.shuffleWriteBytes() for stage in listed) / 1e6,
        "MB to the driver": sum(stage.resultSize() for stage in listed) / 1e6,
    }


def write_features(spark: SparkSession, folder: Path) -> None:
    """Write the feature table of the folder's files into its folder `spark`."""
    from models.feature_table import feature_table  # noqa: PLC0415

    table = feature_table(purchase_sources(spark, folder), [AS_OF]).drop("as_of")
    table.write.mode("overwrite").parquet(str(folder / "spark"))


def purchase_sources(spark: SparkSession, folder: Path) -> Sources:
    """The folder's files as jobs/scoring/model_sources.py hands them to the models."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    from models.sources import Sources  # noqa: PLC0415

    read = {name: spark.read.parquet(str(folder / f"{name}.parquet")) for name in TABLES}
    bought = read["transactions"].join(F.broadcast(read["products"]), "product_id", "left")
    return Sources(read["customers"], {}, bought, read["contacts"], read["responses"])


def in_duckdb(folder: Path) -> dict[str, float]:
    """On two threads of DuckDB, from the files to `duckdb.parquet`."""
    import duckdb  # noqa: PLC0415  Spark needs no DuckDB

    query = Path(__file__).with_name("features.sql").read_text("utf-8")
    connection = duckdb.connect()
    connection.sql("SET enable_progress_bar = false")
    connection.sql(f"SET threads = {THREADS}")
    connection.sql("SET memory_limit = '12GB'")
    connection.sql(f"SET temp_directory = '{folder}'")
    began, worked = monotonic(), process_time()
    connection.sql(f"SET VARIABLE as_of = DATE '{AS_OF}'")
    for name in TABLES:
        connection.sql(f"CREATE VIEW {name} AS FROM read_parquet('{folder / name}.parquet')")
    connection.sql(f"COPY ({query}) TO '{folder}/duckdb.parquet' (FORMAT parquet, COMPRESSION zstd)")
    return {"seconds": monotonic() - began, "CPU seconds": process_time() - worked}


def _cpu_seconds(process: int) -> float:
    """User and system time of a process so far."""
    ticks = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    what, where = sys.argv[1], Path(sys.argv[2]).resolve()
    if what == "make":
        write_purchase_files(where, *[int(number) for number in sys.argv[3:6]])
    else:
        print(json.dumps(in_spark(where, int(sys.argv[3])) if what == "spark" else in_duckdb(where)))
