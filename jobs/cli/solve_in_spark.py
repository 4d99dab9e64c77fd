"""Solves a Parquet file of candidates that may not fit in memory, by the engine `spark`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from conf.deployment import Spark
from conf.limit import Limit
from conf.micros import MAX_UNITS, MICROS, Unit
from jobs.planning.candidate_files import columns_read, holds_micros
from jobs.spark.session import session_for
from optimization import BadInput, Plan
from optimization.spark.solver import solve_in_spark


def solve_files(
    path: Path,
    limits: Sequence[Limit],
    gap: Decimal,
    time_limit_seconds: float,
    spark: Spark,
    *,
    unit: Unit | None = None,
) -> tuple[Plan, pa.Table]:
    """The plan, of whatever status, and its rows in the order of their ids; `chosen` counts within these rows.

    Raises:
        BadInput: the candidates are not what they should be.
    """
    candidates = read_candidates(session_for("solve", spark), path, limits, unit)
    planned = solve_in_spark(candidates, limits, max_gap=gap, time_limit_seconds=time_limit_seconds, must_match=True)
    rows = candidates.limit(0).toArrow() if planned.rows is None else planned.rows.toArrow().sort_by("customer_id")
    planned.release()
    return replace(planned.plan, chosen=np.arange(len(rows), dtype=np.int64)), rows


def read_candidates(spark: SparkSession, path: Path, limits: Sequence[Limit], unit: Unit | None = None) -> DataFrame:
    """The columns that matter, with amounts in micros.

    Raises:
        BadInput: not Parquet, a column is missing or no amount of money, or there is not one candidate.
    """
    wanted, amounts = columns_read(limits)
    try:
        candidates = spark.read.parquet(str(path))
    except (PySparkException, Py4JJavaError) as error:
        raise BadInput(f"cannot be read as Parquet: {_reason(error)}") from None
    frame = candidates.select([name for name in wanted if name in candidates.columns])
    present = [name for name in amounts if name in frame.columns]
    wide = [field.name for field in candidates.schema if isinstance(field.dataType, T.LongType)]
    is_micros = holds_micros(candidates.columns, wide, unit, present)
    _check_amounts(frame, present, MAX_UNITS * (MICROS if is_micros else 1))
    if is_micros:
        return frame
    return frame.withColumns({name: _to_micros(frame, name) for name in present})


def _reason(error: Exception) -> str:
    """What Spark says first, or the innermost cause that Java gives."""
    cause = getattr(error, "java_exception", None)
    while cause is not None and cause.getCause() is not None:
        cause = cause.getCause()
    return str(error if cause is None else cause.getMessage()).splitlines()[0]


def _to_micros(frame: DataFrame, name: str) -> Column:
    kind, amount = frame.schema[name].dataType, F.col(name)
    if isinstance(kind, T.DecimalType):
        return F.bround(amount * F.lit(MICROS), 0).cast("bigint")
    if isinstance(kind, T.IntegralType):
        return amount.cast("bigint") * MICROS
    return F.rint(amount.cast("double") * float(MICROS)).cast("bigint")


def _check_amounts(frame: DataFrame, names: Sequence[str], largest: int) -> None:
    """Refuse amounts that have no micros: one job counts all that is wrong."""
    for name in names:
        if not isinstance(frame.schema[name].dataType, T.NumericType):
            raise BadInput(f"column {name!r} must hold numbers, found {frame.schema[name].dataType.simpleString()}")
    counts = [F.count("*").alias("rows")]
    for name in names:
        amount = F.col(name).cast("double")
        is_finite = ~F.isnan(amount) & (F.abs(amount) != float("inf"))
        counts += [
            F.count_if(F.col(name).isNull()).alias(f"{name} must not be null"),
            F.count_if(~is_finite).alias(f"{name} must be a finite number"),
            F.count_if(is_finite & (F.abs(amount) > largest)).alias(f"{name} must not exceed {MAX_UNITS} units"),
        ]
    (counted,) = frame.agg(*counts).collect()
    if not counted["rows"]:
        raise BadInput("there is not one candidate")
    for sentence, rows in counted.asDict().items():
        if sentence != "rows" and rows:
            name, rule = sentence.split(" must ")
            raise BadInput(f"column {name!r} must {rule} ({rows} row{'s' if rows != 1 else ''})")
