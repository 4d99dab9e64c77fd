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
from conf.settings import Settings
from jobs.planning.experiments import EXPLORATION, EXPLORES, draw, exploration_limit
from jobs.planning.household_capacity import max_per_household_on
from jobs.planning.must_send_plan import MUST_SEND, demand, is_must_send, most_must_sends
from optimization import Plan, Problem, solve
from optimization.options import columns_needed

PLAN = ("customer_id", "offer_id", "channel", "value", "cost")


@dataclass(frozen=True)
class NightPlan:
    """What was decided about the candidates of a night.

    Attributes:
        plan: the best plan of what the experiments leave to it.
        rows: whom it sends what, and whose offer is kept back; money in micros; None: they were written by Spark.
        proof: of the plan's bound, with the candidates that were drawn (`explored`) and kept back (`control`), and how
            many must-sends go (`must_send`), where there are any.
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
    if settings.policy.control is None and settings.policy.exploration is None:
        plan = best_plan(candidates, limits, settings, as_of)
        nobody = np.zeros(0, dtype=np.int64)
        chosen = {"plan": plan.chosen, "exploration": nobody, "control": nobody}
        return _night_plan(candidates, plan, chosen, 1.0, plan.value)
    problem = problem_of(candidates, limits, settings, as_of)
    experiments = draw(candidates, problem, limits, settings, as_of)
    first = best_plan(candidates, limits, settings, as_of, problem)
    control = experiments.kept_back(first.chosen)
    is_open = experiments.open_to_plan(control)
    is_explored = np.isin(np.arange(len(problem)), experiments.explored)
    remaining = candidates.append_column(EXPLORES, pa.array(is_explored)).filter(pa.array(is_open))
    demands = [exploration_limit(len(experiments.explored))] if len(experiments.explored) else []
    plan = best_plan(remaining, [*limits, *demands], settings, as_of)
    sent = np.flatnonzero(is_open)[plan.chosen]
    chosen = {"plan": sent[~is_explored[sent]], "exploration": experiments.explored, "control": control}
    positions = np.concatenate(list(chosen.values()))
    return _night_plan(candidates, plan, chosen, experiments.probability(positions, first.chosen), first.value)


def best_plan(
    candidates: pa.Table, limits: Sequence[Limit], settings: Settings, as_of: date, problem: Problem | None = None
) -> Plan:
    """The plan of these candidates under these limits, must-sends first; its proof says how many of these go.

    Args:
        problem: of the candidates under the limits, if it is made already.
    """
    must_sends = settings.must_sends_on(as_of)
    if not must_sends:
        made = problem_of(candidates, limits, settings, as_of) if problem is None else problem
        return _solved(made, limits, settings)
    is_must = is_must_send(candidates, must_sends)
    table = candidates.append_column(MUST_SEND, pa.array(is_must))
    problem = problem_of(table, [*limits, demand(1)], settings, as_of)
    first = most_must_sends(problem, is_must, limits, settings)
    plan = _solved(problem, [*limits, *first.demands], settings)
    return replace(plan, proof=dict(plan.proof) | {MUST_SEND: first.stated()})


def _solved(problem: Problem, limits: Sequence[Limit], settings: Settings) -> Plan:
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
    max_per_household = max_per_household_on(settings, as_of)
    table = candidates.select(columns_needed(candidates.column_names, limits, max_per_household))
    return Problem.from_table(table, max_per_household=max_per_household, seed=settings.deployment.seed)


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
    limits = tuple(limit for limit in plan.limits if limit.name not in (EXPLORATION, MUST_SEND))
    return NightPlan(replace(plan, limits=limits), rows, dict(plan.proof) | experiments, without_experiments)
