"""A night in Parquet solved by `prices` or in Spark: `python -m benchmarks.spark_night make|prices|spark FOLDER`."""

from __future__ import annotations

import json
import resource
import sys
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from time import monotonic, process_time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.candidate_file import write_files
from benchmarks.instances import night
from benchmarks.resource_use import stages
from conf.deployment import Deployment, Spark
from conf.limit import Limit
from conf.micros import MICROS
from jobs.planning.candidate_files import read_limits
from jobs.planning.night_plan import PLAN
from jobs.spark.session import start_session
from optimization import Problem, solve
from optimization.plan import Plan

Figures = dict[str, float | int | str | None]
MAX_GAP = Decimal("0.000001")
GROUP = 1_000_000


def make(folder: Path, customers: int, seed: int) -> None:
    """The night of `from_file`, with money in millionths as the library reads it, in row groups of a million rows."""
    write_files(night(customers, seed=seed), folder)
    table = pq.read_table(folder / "candidates.parquet")
    for name in ("value", "cost"):
        millionths = pc.round(pc.multiply(table[name], MICROS)).cast(pa.int64())
        table = table.set_column(table.column_names.index(name), name, millionths)
    pq.write_table(table, folder / "candidates.parquet", row_group_size=GROUP)


def by_prices(folder: Path, limits: list[Limit]) -> tuple[Plan, pa.Table]:
    """All in this process."""
    table = pq.read_table(folder / "candidates.parquet")
    plan = solve(Problem.from_table(table), limits, engine="prices", max_gap=MAX_GAP)
    return plan, table.take(plan.chosen)


def in_spark(folder: Path, limits: list[Limit]) -> tuple[Plan, pa.Table, Figures]:
    """On two threads of a local Spark."""
    from optimization.spark.solver import solve_in_spark  # noqa: PLC0415

    settings = Deployment(
        name="benchmark", lake=folder, output=folder, currency="EUR", time_zone="UTC", spark=Spark(master="local[2]")
    )
    spark = start_session(settings)
    spark.sparkContext.setLogLevel("ERROR")
    spark.range(2).mapInArrow(lambda batches: batches, "id bigint").toArrow()  # workers begin
    began = monotonic()
    file = (folder / "candidates.parquet").resolve()
    spark_plan = solve_in_spark(spark.read.parquet(str(file)), limits, max_gap=MAX_GAP, files=[file])
    if spark_plan.rows is None:
        raise RuntimeError("no plan")
    rows = spark_plan.rows.toArrow()
    seconds = monotonic() - began
    listed = stages(spark)
    return (
        spark_plan.plan,
        rows,
        {
            "seconds": seconds,
            "jobs": len(spark.sparkContext.statusTracker().getJobIdsForGroup()),
            "MB shuffled": sum(stage.shuffleWriteBytes() for stage in listed) / 1e6,
            "MB to the driver": sum(stage.resultSize() for stage in listed) / 1e6,
        },
    )


def fingerprint(rows: pa.Table) -> str:
    """The same for the same chosen rows, whatever their order."""
    plain = pa.table({name: rows[name].cast(pa.string()) for name in PLAN}).sort_by("customer_id")
    return sha256("\n".join(map(str, plain.to_pylist())).encode()).hexdigest()[:16]


def measure(engine: str, folder: Path) -> Figures:
    """From the file to the chosen rows."""
    limits = list(read_limits(folder / "policy.yaml"))
    began, worked = monotonic(), process_time()
    more: Figures = {"jobs": 0, "MB shuffled": 0, "MB to the driver": 0}
    if engine == "prices":
        plan, rows = by_prices(folder, limits)
        more["seconds"] = monotonic() - began
    else:
        plan, rows, more = in_spark(folder, limits)
    return {
        "engine": engine,
        "seconds": more.pop("seconds"),
        "of it the search": plan.seconds,
        "CPU seconds of this process": process_time() - worked,
        **more,
        "gap": plan.gap,
        "passes": plan.passes,
        "GiB at most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "value": None if plan.value is None else plan.value / MICROS,
        "bound": None if plan.bound is None else plan.bound / MICROS,
        "prices": sha256(str(plan.proof["prices"]).encode()).hexdigest()[:16],
        "rows": fingerprint(rows),
    }


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
