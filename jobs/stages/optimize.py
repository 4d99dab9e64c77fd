"""Candidates and limits -> the plan, the shadow price of each limit, and the plan's gap to the bound."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
from pyspark.sql import functions as F

from conf.settings import Settings
from jobs.candidates.period_limits import limits_tonight
from jobs.planning.household_capacity import max_per_household_on
from jobs.planning.night_plan import PLAN, NightPlan, plan_night
from jobs.planning.solution_files import proof_bytes
from jobs.run_context import RunContext
from optimization import LimitUse
from optimization.solver import require_plan
from optimization.threads import sharing

PRICE_COLUMNS = {
    "name": pa.string(),
    "use": pa.float64(),
    "min": pa.float64(),
    "max": pa.float64(),
    "shadow_price": pa.float64(),
    "side": pa.string(),
    "binding": pa.bool_(),
    "shortfall": pa.float64(),
    "cause": pa.string(),
}


def run(context: RunContext) -> None:
    """Choose at most one candidate per customer so that the plan is worth the most within the limits in force.

    Raises:
        Infeasible: the limits cannot hold together.
        NoPlanInTime: no plan within the gap in the time that deployment.yaml allows.
    """
    lake, as_of = context.lake, context.as_of
    if stays_in_spark(context.settings, as_of, lake.folder("candidates", as_of)):
        night_plan = plan_in_spark(context)
    else:
        night_plan = plan_night(lake.read_arrow("candidates", as_of), context.settings, as_of, limits_tonight(context))
    if night_plan.rows is not None:
        lake.write_arrow(night_plan.rows, "plan", as_of)
    lake.write_arrow(price_rows(night_plan.plan.limits), "limit_prices", as_of)
    lake.write_arrow(certificate(night_plan), "certificates", as_of)
    lake.write_file(proof_bytes(night_plan.proof), "proofs", as_of, "proof.json")


def stays_in_spark(settings: Settings, as_of: date, folder: Path) -> bool:
    """Whether the candidates are to stay in Spark: asked for, or they are more than `auto` may keep in memory.

    Experiments draw among candidates in memory and must-sends are counted there, so with them `auto` keeps all there.
    """
    optimizer, policy = settings.deployment.optimizer, settings.policy
    if optimizer.engine == "auto" and optimizer.spark_above is not None and folder.is_dir():
        needs_memory = policy.control is not None or policy.exploration is not None
        needs_memory |= bool(settings.must_sends_on(as_of))
        count = ds.dataset(folder, format="parquet").count_rows()
        return bool(count > optimizer.spark_above) and not needs_memory
    return optimizer.engine == "spark"


def plan_in_spark(context: RunContext) -> NightPlan:
    """As `plan_night`, but that neither candidates nor the plan's rows, which it writes, ever leave Spark."""
    from optimization.spark.solver import solve_in_spark  # noqa: PLC0415  pyspark is heavy

    lake, as_of, settings = context.lake, context.as_of, context.settings
    optimizer = settings.deployment.optimizer
    with sharing(optimizer.threads):
        planned = solve_in_spark(
            lake.read(context.spark, "candidates", as_of),
            limits_tonight(context),
            max_per_household=max_per_household_on(settings, as_of),
            seed=settings.deployment.seed,
            max_gap=optimizer.max_gap,
            time_limit_seconds=optimizer.time_limit_seconds,
            files=lake.files("candidates", as_of),
        )
    plan = require_plan(planned.plan, optimizer.max_gap)
    if planned.rows is not None:
        rows = planned.rows.select(*PLAN).orderBy("customer_id").withColumn("net_value", F.col("value") - F.col("cost"))
        lake.write(rows.withColumns({"probability": F.lit(1.0), "chosen_by": F.lit("plan")}), "plan", as_of)
    planned.release()
    if optimizer.engine == "auto":
        plan = replace(plan, reason=f"{plan.reason}, more than the {optimizer.spark_above} that stay in memory")
    proof = dict(plan.proof) | {"explored": [], "control": []}
    return NightPlan(plan, None, proof, plan.value)


def price_rows(limits: tuple[LimitUse, ...]) -> pa.Table:
    """One row per limit in its own unit; a price is in the currency per unit."""
    rows = [{name: _number(getattr(limit, name)) for name in PRICE_COLUMNS} for limit in limits]
    return pa.Table.from_pylist(rows, pa.schema(list(PRICE_COLUMNS.items())))


def certificate(night_plan: NightPlan) -> pa.Table:
    """One row: what the plan is worth and the bound that no plan can pass, in micros."""
    plan = night_plan.plan
    return pa.table(
        {
            "status": [str(plan.status)],
            "engine": [plan.engine],
            "reason": [plan.reason],
            "value": pa.array([plan.value], pa.int64()),
            "bound": pa.array([plan.bound], pa.int64()),
            "gap": [plan.gap],
            "passes": [plan.passes],
            "without_experiments": pa.array([night_plan.without_experiments], pa.int64()),
        }
    )


def _number(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value
