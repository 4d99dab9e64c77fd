"""The plan of one night, experiments included, from candidates in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from conf.limit import Limit
from conf.policy import Policy
from conf.settings import Settings
from jobs.planning.experiments import EXPLORATION, EXPLORES, draw, exploration_limit
from optimization import Plan, Problem, solve
from optimization.options import columns_needed

PLAN = ("customer_id", "offer_id", "channel", "value", "cost")


@dataclass(frozen=True)
class NightPlan:
    """What was decided about the candidates of a night.

    Attributes:
        plan: the best plan of what the experiments leave to it.
        rows: whom it sends what, and whose offer is kept back; money in micros; None: they were written by Spark.
        proof: of the plan's bound, with the candidates that were drawn (`explored`) and kept back (`control`).
        without_experiments: micros that the plan would be worth if nothing were drawn or kept back.
    """

    plan: Plan
    rows: pa.Table | None
    proof: dict[str, Any]
    without_experiments: int | None


def plan_night(
    candidates: pa.Table, settings: Settings, as_of: date, limits: Sequence[Limit] | None = None
) -> NightPlan:
    """The plan of these candidates under the policy's limits and experiments; raises as `solve` does.

    With experiments it is made twice: once as if there were none, which shows what each customer would have got, then
    with what they leave, so that whoever is kept back uses no capacity.

    Args:
        limits: tonight's; None: those in force, as they stand in the policy.
    """
    limits = settings.policy.limits_on(as_of) if limits is None else limits
    problem = problem_of(candidates, limits, settings, as_of)
    if settings.policy.control is None and settings.policy.exploration is None:
        plan = best_plan(problem, limits, settings)
        nobody = np.zeros(0, dtype=np.int64)
        chosen = {"plan": plan.chosen, "exploration": nobody, "control": nobody}
        return _night_plan(candidates, plan, chosen, 1.0, plan.value)
    experiments = draw(candidates, problem, limits, settings, as_of)
    first = best_plan(problem, limits, settings)
    control = experiments.kept_back(first.chosen)
    is_open = experiments.open_to_plan(control)
    is_explored = np.isin(np.arange(len(problem)), experiments.explored)
    remaining = candidates.append_column(EXPLORES, pa.array(is_explored)).filter(pa.array(is_open))
    demands = [exploration_limit(len(experiments.explored))] if len(experiments.explored) else []
    demanded = [*limits, *demands]
    plan = best_plan(problem_of(remaining, demanded, settings, as_of), demanded, settings)
    sent = np.flatnonzero(is_open)[plan.chosen]
    chosen = {"plan": sent[~is_explored[sent]], "exploration": experiments.explored, "control": control}
    positions = np.concatenate(list(chosen.values()))
    return _night_plan(candidates, plan, chosen, experiments.probability(positions, first.chosen), first.value)


def best_plan(problem: Problem, limits: Sequence[Limit], settings: Settings) -> Plan:
    """The plan of this problem under these limits."""
    optimizer = settings.deployment.optimizer
    return solve(
        problem,
        limits,
        engine=optimizer.engine,
        max_gap=optimizer.max_gap,
        time_limit_seconds=optimizer.time_limit_seconds,
        threads=optimizer.threads,
    )


def problem_of(candidates: pa.Table, limits: Sequence[Limit], settings: Settings, as_of: date) -> Problem:
    """The candidates as the optimizer takes them: of their columns those that it or a limit reads."""
    max_per_household = max_per_household_on(settings.policy, as_of)
    table = candidates.select(columns_needed(candidates.column_names, limits, max_per_household))
    return Problem.from_table(table, max_per_household=max_per_household, seed=settings.deployment.seed)


def max_per_household_on(policy: Policy, as_of: date) -> int | None:
    """How many of a household may be contacted in one night; None where the policy does not say.

    One, as soon as a rule in force counts households: the contact policy has already blocked households that may get
    no further contact, and a second contact of the same night is never used.
    """
    caps = [
        rule for rule in policy.contact_rules_on(as_of) if rule.per == "household" and rule.max_contacts is not None
    ]
    return 1 if caps else None


def _night_plan(
    candidates: pa.Table,
    plan: Plan,
    chosen: Mapping[str, NDArray[np.int64]],
    probability: float | NDArray[np.float64],
    without_experiments: int | None,
) -> NightPlan:
    """The rows and the proof of what was decided.

    Args:
        chosen: `plan`, `exploration` or `control` -> positions of the candidates that it chose.
        probability: with which each came out, in that order.
    """
    positions = np.concatenate(list(chosen.values()))
    rows = candidates.select(PLAN).take(pa.array(positions))
    rows = rows.append_column("net_value", pc.subtract(rows["value"], rows["cost"]))
    rows = rows.append_column("probability", pa.array(np.broadcast_to(np.float64(probability), len(positions))))
    by = np.repeat(list(chosen), [len(rows) for rows in chosen.values()])
    rows = rows.append_column("chosen_by", pa.array(by.tolist(), pa.string())).sort_by("customer_id")
    experiments = {
        name: [list(row.values()) for row in rows.filter(pc.equal(rows["chosen_by"], by)).select(PLAN[:3]).to_pylist()]
        for name, by in (("explored", "exploration"), ("control", "control"))
    }
    limits = tuple(limit for limit in plan.limits if limit.name != EXPLORATION)
    return NightPlan(replace(plan, limits=limits), rows, dict(plan.proof) | experiments, without_experiments)
