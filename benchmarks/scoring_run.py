"""Both ways to score the rows of a folder, in one process: `python -m benchmarks.scoring_run speed|memory FOLDER`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import monotonic

import lightgbm
import numpy as np
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from benchmarks.resource_use import cpu_seconds, family, resident_mib
from benchmarks.scoring_rows import NAMES
from conf.deployment import Spark
from jobs.scoring.feature_files import feature_files
from jobs.spark.session import session_for
from models.champion import Champion, champion_of
from models.scoring import score_and_count

TURNS = 3


def speed(folder: Path) -> dict[str, object]:
    """Rows per second of `Booster.predict` on both cores with all rows in memory, and of ours from Parquet in Spark.

    The two take turns. Workers are warm: they have imported their libraries and scored all rows once.
    """
    spark, champion = _session("4g"), _champion(folder)
    file = str(folder / "rows.parquet")
    table = pq.read_table(file, columns=NAMES)
    values = np.column_stack([column.to_numpy() for column in table.columns])
    booster = lightgbm.Booster(model_str=champion.text)

    def predict() -> None:
        booster.predict(values, num_threads=2)

    def score() -> None:
        scored = score_and_count(feature_files(spark, [Path(file)]), [champion])
        scored.all_rows.write.format("noop").mode("overwrite").save()

    score()  # workers begin, the JVM compiles
    booster.predict(values[:1000], num_threads=2)
    turns = [(_measured(predict), _measured(score)) for _ in range(TURNS)]
    seconds, work = (np.array([[run[what] for run in turn] for turn in turns]) for what in (0, 1))
    return {
        "rows": len(values),
        "predict, rows/s": len(values) / median(seconds[:, 0]),
        "ours, rows/s": len(values) / median(seconds[:, 1]),
        "ours / predict": median(seconds[:, 0] / seconds[:, 1]),
        "predict, CPU µs a row": median(work[:, 0]) / len(values) * 1e6,
        "ours, CPU µs a row": median(work[:, 1]) / len(values) * 1e6,
        "by CPU": median(work[:, 0] / work[:, 1]),
    }


def memory(folder: Path) -> dict[str, object]:
    """What the driver's processes hold at most while scores are computed, cached and written, with 1 GiB of heap."""
    spark, champion = _session("1g"), _champion(folder)
    scored = score_and_count(feature_files(spark, [folder / "rows.parquet"]), [champion])
    scored.all_rows.cache()
    rows = int(scored.counts()[0][: len(champion.contract.reference[0].counts)].sum())
    scored.scores.write.parquet(str(folder / "scores"))
    java = spark.sparkContext._jvm.java.lang
    java.System.gc()
    heap = java.management.ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
    virtual_machine = next(
        process for process in family() if Path(f"/proc/{process}/comm").read_text().strip() == "java"
    )
    return {
        "rows": rows,
        "MiB of the driver's Python": resident_mib(os.getpid()),
        "MiB of its JVM": resident_mib(virtual_machine),
        "of it heap in use afterwards": heap / 2**20,
    }


def _session(memory: str) -> SparkSession:
    session = session_for("benchmark", Spark(master="local[2]", settings={"spark.driver.memory": memory}))
    session.sparkContext.setLogLevel("ERROR")
    return session


def _champion(folder: Path) -> Champion:
    return champion_of("attrition", 1, *((folder / name).read_text() for name in ("model.txt", "contract.json")))


def _measured(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock, and of CPU in all processes."""
    began, worked = monotonic(), cpu_seconds()
    work()
    return monotonic() - began, cpu_seconds() - worked


if __name__ == "__main__":
    print(json.dumps({"speed": speed, "memory": memory}[sys.argv[1]](Path(sys.argv[2]))))
