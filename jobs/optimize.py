"""Candidates and limits -> the plan, what each limit costs, and how near the best the plan is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from conf.deployment import Optimizer
from conf.settings import Settings
from jobs.context import RunContext
from optimization import LimitUse, Plan, Problem, solve
from optimization.solving import answered

PLAN = ("customer_id", "offer_id", "channel", "value", "cost")
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
    if stays_in_spark(context.settings.deployment.optimizer, lake.folder("candidates", as_of)):
        plan = plan_in_spark(context)
    else:
        candidates = lake.read_arrow("candidates", as_of)
        plan = best_plan(candidates, context.settings, as_of)
        lake.write_arrow(plan_rows(candidates, plan), "plan", as_of)
    lake.write_arrow(price_rows(plan.limits), "limit_prices", as_of)
    lake.write_arrow(certificate(plan), "certificates", as_of)


def best_plan(candidates: pa.Table, settings: Settings, as_of: date) -> Plan:
    """The plan of these candidates under the policy's limits; raises as `solve` does."""
    optimizer = settings.deployment.optimizer
    room = members_tonight(settings)
    return solve(
        Problem.from_table(candidates, max_per_household=room, seed=settings.deployment.seed),
        [limit for limit in settings.policy.limits if limit.holds_on(as_of)],
        engine=optimizer.engine,
        max_gap=optimizer.max_gap,
        time_limit_seconds=optimizer.time_limit_seconds,
    )


def stays_in_spark(optimizer: Optimizer, folder: Path) -> bool:
    """Whether the candidates are to stay in Spark: asked for, or they are more than `auto` may keep in memory."""
    if optimizer.engine == "auto" and optimizer.spark_above is not None and folder.is_dir():
        return bool(ds.dataset(folder, format="parquet").count_rows() > optimizer.spark_above)
    return optimizer.engine == "spark"


def plan_in_spark(context: RunContext) -> Plan:
    """As `best_plan`, but that neither candidates nor the plan's rows, which it writes, ever leave Spark."""
    from optimization.solving_in_spark import solve_in_spark  # noqa: PLC0415  pyspark is heavy

    lake, as_of, optimizer = context.lake, context.as_of, context.settings.deployment.optimizer
    found = solve_in_spark(
        lake.read(context.spark, "candidates", as_of),
        [limit for limit in context.settings.policy.limits if limit.holds_on(as_of)],
        max_per_household=members_tonight(context.settings),
        seed=context.settings.deployment.seed,
        max_gap=optimizer.max_gap,
        time_limit_seconds=optimizer.time_limit_seconds,
        files=sorted(lake.folder("candidates", as_of).glob("*.parquet")),
    )
    plan = answered(found.plan, optimizer.max_gap)
    if found.rows is not None:
        rows = found.rows.select(*PLAN).orderBy("customer_id")
        lake.write(rows.withColumn("net_value", rows["value"] - rows["cost"]), "plan", as_of)
    found.release()
    if optimizer.engine == "auto":
        plan = replace(plan, reason=f"{plan.reason}, more than the {optimizer.spark_above} that stay in memory")
    return plan


def members_tonight(settings: Settings) -> int | None:
    """How many of a household may be contacted in one night; None where the policy does not say."""
    caps = [rule.max_contacts for rule in settings.policy.contact_policy if rule.per == "household"]
    return min((cap for cap in caps if cap is not None), default=None)


def plan_rows(candidates: pa.Table, plan: Plan) -> pa.Table:
    """The chosen candidates with their net value, money in millionths."""
    chosen = candidates.select(PLAN).take(pa.array(plan.chosen))
    return chosen.append_column("net_value", pc.subtract(chosen["value"], chosen["cost"]))


def price_rows(limits: tuple[LimitUse, ...]) -> pa.Table:
    """One row per limit in its own unit; a price is in the currency per unit."""
    rows = [{name: _number(getattr(limit, name)) for name in PRICE_COLUMNS} for limit in limits]
    return pa.Table.from_pylist(rows, pa.schema(list(PRICE_COLUMNS.items())))


def certificate(plan: Plan) -> pa.Table:
    """One row: what the plan is worth and the bound that no plan can pass, in millionths."""
    return pa.table(
        {
            "status": [str(plan.status)],
            "engine": [plan.engine],
            "reason": [plan.reason],
            "value": pa.array([plan.value], pa.int64()),
            "bound": pa.array([plan.bound], pa.int64()),
            "gap": [plan.gap],
            "passes": [plan.passes],
        }
    )


def _number(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value
