"""`solve`: from candidates and limits to the best plan, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from conf.limit import Limit
from optimization.certificate import recount
from optimization.compilation import compile_program
from optimization.conflict import cheapest_relaxation, conflict_of, is_infeasible, only
from optimization.engines import engine_for
from optimization.engines.result import EngineResult
from optimization.errors import Infeasible, NoPlanInTime
from optimization.limit_use import limit_uses, most_of
from optimization.plan import Plan, Status, exact_gap
from optimization.presolve import without_oversized
from optimization.problem import Problem
from optimization.program import Program
from optimization.proof import proven_bound, stated_proof
from optimization.stopwatch import Stopwatch
from optimization.threads import DEFAULT_THREADS, sharing

SEARCH_SHARE = 0.8
"""Of the time limit; the rest is for the recount."""


def solve(
    problem: Problem,
    limits: Sequence[Limit],
    *,
    engine: str = "auto",
    max_gap: Decimal = Decimal("0.0001"),
    time_limit_seconds: float = 600.0,
    threads: int = DEFAULT_THREADS,
) -> Plan:
    """The plan worth the most: at most one candidate a customer, every limit kept to the micro.

    The same problem and limits give the same plan, in any order of rows. The plan and its bound are recounted in exact
    integers; no claim of a solver is trusted.

    Args:
        engine: `auto`, or the name of an engine in `optimization.engines`.
        max_gap: the share by which the bound may exceed the plan.
        time_limit_seconds: of its own work (`Stopwatch`); after this, the search stops with the best plan so far.
        threads: that share the work on large problems; the plan does not depend on their number.

    Raises:
        BadInput: limits and candidates do not match.
        Infeasible: it is proven that no plan keeps all limits.
        NoPlanInTime: the gap was not reached in time; the error holds the best plan.
    """
    with sharing(threads):
        return require_plan(_solved(problem, limits, engine, max_gap, time_limit_seconds), max_gap)


def _solved(
    problem: Problem, limits: Sequence[Limit], engine: str, max_gap: Decimal, time_limit_seconds: float
) -> Plan:
    """The plan, of whatever status."""
    began = monotonic()
    stopwatch = Stopwatch(time_limit_seconds * SEARCH_SHARE)
    compiled = compile_program(problem, limits)
    program = without_oversized(compiled)
    name, reason, search = engine_for(engine, program)
    result = search(program, Fraction(max_gap), stopwatch)
    plan = replace(_plan(problem, limits, program, result, Fraction(max_gap)), engine=name, reason=reason)
    if plan.status is Status.INFEASIBLE:
        conflict = conflict_of(compiled.rows, lambda names: is_infeasible(only(compiled, names), stopwatch))
        relaxation = cheapest_relaxation(problem, limits, compiled, conflict, stopwatch)
        plan = replace(plan, conflict=conflict, relaxation=relaxation)
    return replace(plan, seconds=monotonic() - began)


def require_plan(plan: Plan, max_gap: Decimal) -> Plan:
    """The plan, if its status says that it can be used.

    Raises:
        Infeasible, NoPlanInTime: as its status says.
    """
    if plan.status is Status.INFEASIBLE:
        raise Infeasible(plan)
    if plan.status is Status.NO_PLAN_IN_TIME:
        raise NoPlanInTime(plan, max_gap)
    return plan


def _plan(problem: Problem, limits: Sequence[Limit], program: Program, result: EngineResult, max_gap: Fraction) -> Plan:
    """The plan that an engine's result gives, after a recount of everything in it."""
    worth = None if result.chosen is None else program.worth(result.chosen)
    positions = result.chosen if result.chosen is not None and worth is not None else np.zeros(0, dtype=np.int64)
    chosen = _in_order_of_ids(problem, program.indices_in_problem(positions))
    counted = None if worth is None else recount(problem, limits, chosen)
    if counted is not None and (counted.breaches or counted.value != worth):
        raise AssertionError(
            f"the engine's plan does not stand the recount: {counted.breaches or counted.value}, {worth}"
        )
    bound = proven_bound(program, result.prices, result.tree, worth)
    return Plan(
        status=status_of(worth, bound, max_gap),
        chosen=chosen,
        has_plan=worth is not None,
        value=worth,
        bound=bound,
        limits=limit_uses(limits, counted, program.rows, result.prices, partial(most_of, program)),
        proof=stated_proof(problem, program, result.prices, result.tree),
        passes=result.passes,
    )


def status_of(worth: int | None, bound: int | None, max_gap: Fraction) -> Status:
    """The status of a plan of this worth and bound; no bound: no plan exists."""
    if bound is None:
        return Status.INFEASIBLE
    if worth is None or exact_gap(worth, bound) > max_gap:
        return Status.NO_PLAN_IN_TIME
    return Status.OPTIMAL if worth >= bound else Status.WITHIN_GAP


def _in_order_of_ids(problem: Problem, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    order = np.lexsort((problem.channel[chosen], problem.offer[chosen], problem.customer[chosen]))
    return chosen[order]
