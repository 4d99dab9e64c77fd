"""Candidates and limits -> the plan, what each limit costs, and how near the best the plan is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from numpy.typing import NDArray
from pyspark.sql import functions as F

from conf.limit import Limit
from conf.policy import Policy
from conf.settings import Settings
from jobs.context import RunContext
from jobs.experiments import EXPLORATION, EXPLORES, draw, exploration_limit
from jobs.solution_files import proof_bytes
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


@dataclass(frozen=True)
class Tonight:
    """What was decided about the candidates of a night.

    Attributes:
        plan: the best plan of what the experiments leave to it.
        rows: whom it sends what, and whose offer is kept back; money in millionths; None: they were written by Spark.
        proof: of the plan's bound, with the candidates that were drawn (`explored`) and kept back (`control`).
        without_experiments: millionths that the plan would be worth if nothing were drawn or kept back.
    """

    plan: Plan
    rows: pa.Table | None
    proof: dict[str, Any]
    without_experiments: int | None


def run(context: RunContext) -> None:
    """Choose at most one candidate per customer so that the plan is worth the most within the limits in force.

    Raises:
        Infeasible: the limits cannot hold together.
        NoPlanInTime: no plan within the gap in the time that deployment.yaml allows.
    """
    lake, as_of = context.lake, context.as_of
    if stays_in_spark(context.settings, lake.folder("candidates", as_of)):
        tonight = plan_in_spark(context)
    else:
        tonight = plan_tonight(lake.read_arrow("candidates", as_of), context.settings, as_of)
    if tonight.rows is not None:
        lake.write_arrow(tonight.rows, "plan", as_of)
    lake.write_arrow(price_rows(tonight.plan.limits), "limit_prices", as_of)
    lake.write_arrow(certificate(tonight), "certificates", as_of)
    lake.write_file(proof_bytes(tonight.proof), "proofs", as_of, "proof.json")


def plan_tonight(candidates: pa.Table, settings: Settings, as_of: date) -> Tonight:
    """The plan of these candidates under the policy's limits and experiments; raises as `solve` does.

    With experiments it is made twice: once as if there were none, which tells what each customer would have got, then
    with what they leave, so that whoever is kept back uses no capacity.
    """
    limits = settings.policy.limits_on(as_of)
    if settings.policy.control is None and settings.policy.exploration is None:
        plan = best_plan(candidates, limits, settings, as_of)
        nobody = np.zeros(0, dtype=np.int64)
        chosen = {"plan": plan.chosen, "exploration": nobody, "control": nobody}
        return _tonight(candidates, plan, chosen, 1.0, plan.value)
    problem = problem_of(candidates, settings, as_of)
    experiments = draw(candidates, problem, limits, settings, as_of)
    first = best_plan(candidates, limits, settings, as_of)
    control = experiments.kept_back(first.chosen)
    is_open = experiments.open_to_plan(control)
    is_explored = np.isin(np.arange(len(problem)), experiments.explored)
    left = candidates.append_column(EXPLORES, pa.array(is_explored)).filter(pa.array(is_open))
    demands = [exploration_limit(len(experiments.explored))] if len(experiments.explored) else []
    plan = best_plan(left, [*limits, *demands], settings, as_of)
    sent = np.flatnonzero(is_open)[plan.chosen]
    chosen = {"plan": sent[~is_explored[sent]], "exploration": experiments.explored, "control": control}
    places = np.concatenate(list(chosen.values()))
    return _tonight(candidates, plan, chosen, experiments.probability(places, first.chosen), first.value)


def best_plan(candidates: pa.Table, limits: Sequence[Limit], settings: Settings, as_of: date) -> Plan:
    """The plan of these candidates under these limits."""
    optimizer = settings.deployment.optimizer
    return solve(
        problem_of(candidates, settings, as_of),
        limits,
        engine=optimizer.engine,
        max_gap=optimizer.max_gap,
        time_limit_seconds=optimizer.time_limit_seconds,
    )


def problem_of(candidates: pa.Table, settings: Settings, as_of: date) -> Problem:
    """The candidates as the optimizer takes them."""
    room = members_tonight(settings.policy, as_of)
    return Problem.from_table(candidates, max_per_household=room, seed=settings.deployment.seed)


def stays_in_spark(settings: Settings, folder: Path) -> bool:
    """Whether the candidates are to stay in Spark: asked for, or they are more than `auto` may keep in memory.

    Experiments draw among candidates in memory, so with them `auto` keeps all there.
    """
    optimizer, policy = settings.deployment.optimizer, settings.policy
    if optimizer.engine == "auto" and optimizer.spark_above is not None and folder.is_dir():
        has_experiments = policy.control is not None or policy.exploration is not None
        count = ds.dataset(folder, format="parquet").count_rows()
        return bool(count > optimizer.spark_above) and not has_experiments
    return optimizer.engine == "spark"


def plan_in_spark(context: RunContext) -> Tonight:
    """As `plan_tonight`, but that neither candidates nor the plan's rows, which it writes, ever leave Spark."""
    from optimization.solving_in_spark import solve_in_spark  # noqa: PLC0415  pyspark is heavy

    lake, as_of, settings = context.lake, context.as_of, context.settings
    optimizer = settings.deployment.optimizer
    found = solve_in_spark(
        lake.read(context.spark, "candidates", as_of),
        settings.policy.limits_on(as_of),
        max_per_household=members_tonight(settings.policy, as_of),
        seed=settings.deployment.seed,
        max_gap=optimizer.max_gap,
        time_limit_seconds=optimizer.time_limit_seconds,
        files=sorted(lake.folder("candidates", as_of).glob("*.parquet")),
    )
    plan = answered(found.plan, optimizer.max_gap)
    if found.rows is not None:
        rows = found.rows.select(*PLAN).orderBy("customer_id").withColumn("net_value", F.col("value") - F.col("cost"))
        lake.write(rows.withColumns({"probability": F.lit(1.0), "chosen_by": F.lit("plan")}), "plan", as_of)
    found.release()
    if optimizer.engine == "auto":
        plan = replace(plan, reason=f"{plan.reason}, more than the {optimizer.spark_above} that stay in memory")
    proof = dict(plan.proof) | {"explored": [], "control": []}
    return Tonight(plan, None, proof, plan.value)


def members_tonight(policy: Policy, as_of: date) -> int | None:
    """How many of a household may be contacted in one night; None where the policy does not say.

    One, as soon as a rule in force counts households: what was sent before has closed those who have no room for
    one more, and room for two tonight is not used.
    """
    caps = [
        rule for rule in policy.contact_rules_on(as_of) if rule.per == "household" and rule.max_contacts is not None
    ]
    return 1 if caps else None


def _tonight(
    candidates: pa.Table,
    plan: Plan,
    chosen: Mapping[str, NDArray[np.int64]],
    probability: float | NDArray[np.float64],
    without_experiments: int | None,
) -> Tonight:
    """Args:
    chosen: `plan`, `exploration` or `control` -> places of the candidates that it chose.
    probability: with which each came out, in that order.
    """
    places = np.concatenate(list(chosen.values()))
    rows = candidates.select(PLAN).take(pa.array(places))
    rows = rows.append_column("net_value", pc.subtract(rows["value"], rows["cost"]))
    rows = rows.append_column("probability", pa.array(np.broadcast_to(np.float64(probability), len(places))))
    by = np.repeat(list(chosen), [len(one) for one in chosen.values()])
    rows = rows.append_column("chosen_by", pa.array(by.tolist(), pa.string())).sort_by("customer_id")
    experiments = {
        name: [list(row.values()) for row in rows.filter(pc.equal(rows["chosen_by"], by)).select(PLAN[:3]).to_pylist()]
        for name, by in (("explored", "exploration"), ("control", "control"))
    }
    limits = tuple(limit for limit in plan.limits if limit.name != EXPLORATION)
    return Tonight(replace(plan, limits=limits), rows, dict(plan.proof) | experiments, without_experiments)


def price_rows(limits: tuple[LimitUse, ...]) -> pa.Table:
    """One row per limit in its own unit; a price is in the currency per unit."""
    rows = [{name: _number(getattr(limit, name)) for name in PRICE_COLUMNS} for limit in limits]
    return pa.Table.from_pylist(rows, pa.schema(list(PRICE_COLUMNS.items())))


def certificate(tonight: Tonight) -> pa.Table:
    """One row: what the plan is worth and the bound that no plan can pass, in millionths."""
    plan = tonight.plan
    return pa.table(
        {
            "status": [str(plan.status)],
            "engine": [plan.engine],
            "reason": [plan.reason],
            "value": pa.array([plan.value], pa.int64()),
            "bound": pa.array([plan.bound], pa.int64()),
            "gap": [plan.gap],
            "passes": [plan.passes],
            "without_experiments": pa.array([tonight.without_experiments], pa.int64()),
        }
    )


def _number(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value
