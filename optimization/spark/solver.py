"""`solve` for candidates in Spark: the plan, bound and prices of the engine `prices`, for any partitioning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from math import floor
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from conf.limit import Limit
from optimization.certificate import Recount, recount_of
from optimization.compilation import compile_program
from optimization.conflict import ROUGH_GAP, conflict_of, only, relaxation_in_words
from optimization.engines import price_engine as engine
from optimization.engines.infeasibility import infeasibility_certificate
from optimization.engines.price_engine import Outcome
from optimization.errors import BadInput, Infeasible, NoPlanInTime
from optimization.limit_use import limit_uses
from optimization.options import columns_needed, unmatched
from optimization.plan import Plan, Status
from optimization.problem import Problem
from optimization.program import granularity_of
from optimization.proof import stated_proof
from optimization.solver import SEARCH_SHARE, solve, status_of
from optimization.spark.customers import Chosen, InSpark, split_household_customers
from optimization.spark.partitions import Partitions
from optimization.spark.summary import ProblemOptions
from optimization.stopwatch import Stopwatch

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NOWHERE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class SparkPlan:
    """A plan whose chosen candidates are rows in Spark.

    Attributes:
        plan: as `solve` returns or raises it, but with `chosen` empty: see `rows`.
        rows: the chosen candidates with the columns that the optimizer read, at most one row a customer, in no
            order; they stay persisted until released. None: there is no plan.
    """

    plan: Plan
    rows: DataFrame | None
    chosen: Chosen | None = None

    def release(self) -> None:
        """Free what Spark persists."""
        if self.chosen is not None:
            self.chosen.release()


def solve_in_spark(
    candidates: DataFrame,
    limits: Sequence[Limit],
    *,
    max_per_household: int | str | None = None,
    seed: int = 0,
    max_gap: Decimal = Decimal("0.0001"),
    time_limit_seconds: float = 600.0,
    must_match: bool = False,
    files: Sequence[Path] = (),
) -> SparkPlan:
    """The plan worth the most, by the engine `prices` with all candidates in Spark.

    The driver holds samples, undecided customers and sums, never all candidates. A plan that is missing or not good
    enough is returned, not raised: `optimization.solver.require_plan` raises the error for its status.

    Args:
        candidates: the columns of `Problem.from_table`; computed twice, once only to count rows.
        must_match: whether a limit that matches no candidate is an error.
        files: the Parquet files whose rows are exactly those of the frame, if there are any, under paths that every
            executor can read: partitioning them without Spark's rows is several times as fast.

    Raises:
        BadInput: limits and candidates do not match.
    """
    began, stopwatch = monotonic(), Stopwatch(time_limit_seconds * SEARCH_SHARE)
    problem_options = ProblemOptions(limits, max_per_household, seed)
    compile_program(problem_options.problem(candidates.limit(0).toArrow()), limits)
    candidates = candidates.select(columns_needed(candidates.columns, limits, max_per_household))
    count = candidates.count()
    if count <= engine.BRANCHED:
        spark_plan = _solved_in_memory(candidates, problem_options, max_gap, time_limit_seconds, must_match=must_match)
    else:
        if max_per_household is not None and (count_split := split_household_customers(candidates)):
            raise BadInput(f"candidates: household_id differs between rows of one customer ({count_split} customers)")
        partitions = Partitions.of(candidates, count, problem_options, files)
        try:
            if must_match:
                _check_matches(partitions.summary.examples, limits, count)
            spark_plan = _solved_in_spark(candidates, partitions, Fraction(max_gap), stopwatch)
        finally:
            partitions.release()
    return replace(spark_plan, plan=replace(spark_plan.plan, engine="spark", seconds=monotonic() - began))


def _check_matches(problem: Problem, limits: Sequence[Limit], count: int) -> None:
    """Refuse a limit that matches no candidate: most often it is misspelt."""
    idle = unmatched(problem, limits)
    if idle:
        raise BadInput(f"limit {idle[0]!r} matches none of the {count} candidates")


def _solved_in_memory(
    candidates: DataFrame,
    problem_options: ProblemOptions,
    max_gap: Decimal,
    time_limit_seconds: float,
    *,
    must_match: bool,
) -> SparkPlan:
    """The plan for few candidates, which one process solves, with branching."""
    table = candidates.toArrow()
    problem = problem_options.problem(table)
    if must_match:
        _check_matches(problem, problem_options.limits, len(problem))
    try:
        plan = solve(
            problem, problem_options.limits, engine="prices", max_gap=max_gap, time_limit_seconds=time_limit_seconds
        )
    except (Infeasible, NoPlanInTime) as error:
        plan = error.plan
    rows = candidates.sparkSession.createDataFrame(table.take(pa.array(plan.chosen))) if plan.has_plan else None
    return SparkPlan(
        replace(plan, chosen=NOWHERE, reason=f"{len(problem)} candidates: few enough for one process"), rows
    )


def _solved_in_spark(
    candidates: DataFrame, partitions: Partitions, max_gap: Fraction, stopwatch: Stopwatch
) -> SparkPlan:
    store = InSpark.of(partitions, partitions.summary.blank)
    outcome = engine.plan_at_prices(store, max_gap, stopwatch)
    bound: int | None = _rounded_down(store, outcome.bound)
    chosen, counted, leaf = None, None, None
    if outcome.chosen is not None:
        chosen = _chosen(store, outcome)
        counted = _recounted(partitions.problem_options, chosen, outcome)
    else:
        leaf = infeasibility_certificate(store, stopwatch)
        bound = bound if leaf is None else None
    plan = Plan(
        status=status_of(outcome.worth, bound, max_gap),
        chosen=NOWHERE,
        has_plan=counted is not None,
        value=outcome.worth,
        bound=bound,
        limits=limit_uses(
            partitions.problem_options.limits,
            counted,
            store.blank.rows,
            outcome.prices,
            lambda position: chosen.most[position] if chosen else 0,
        ),
        reason=f"{sum(partitions.summary.candidates.values())} candidates in {len(store.counts)} pieces",
        proof=stated_proof(partitions.summary.examples, store.blank, outcome.prices, leaf),
        passes=outcome.search.passes + 1,
    )
    if plan.status is Status.INFEASIBLE:
        conflict = conflict_of(store.blank.rows, partial(_is_infeasible, partitions, stopwatch))
        plan = replace(plan, conflict=conflict, relaxation=_relaxation(partitions, conflict, stopwatch))
    return SparkPlan(plan, chosen.rows(candidates) if chosen else None, chosen)


def _rounded_down(store: InSpark, bound: Fraction) -> int:
    """The bound, rounded down to a multiple of the objective granularity."""
    granularity = granularity_of(store.blank.rows, store.granularity)
    return floor(bound / granularity) * granularity


def _chosen(store: InSpark, outcome: Outcome) -> Chosen:
    rest = outcome.search.rest.program
    return store.choose(
        outcome.search.box, rest.indices_in_problem(outcome.chosen if outcome.chosen is not None else NOWHERE)
    )


def _recounted(problem_options: ProblemOptions, chosen: Chosen, outcome: Outcome) -> Recount:
    counted = recount_of(problem_options.limits, chosen.tally, problem_options.max_per_household)
    if counted.breaches or counted.value != outcome.worth:
        raise AssertionError(
            f"the engine's plan does not stand the recount: {counted.breaches or counted.value}, {outcome.worth}"
        )
    return counted


def _is_infeasible(partitions: Partitions, stopwatch: Stopwatch, names: Sequence[str]) -> bool:
    """Whether prices prove that no plan keeps the limits of these names."""
    return (
        infeasibility_certificate(InSpark.of(partitions, only(partitions.summary.blank, names)), stopwatch) is not None
    )


def _relaxation(partitions: Partitions, conflict: Sequence[str], stopwatch: Stopwatch) -> str:
    """A message: what would make a plan exist."""
    problem_options = partitions.problem_options

    def uses_of_least_change(names: Sequence[str] | None) -> Mapping[str, Fraction | None] | None:
        store = InSpark.of(partitions, partitions.summary.blank, keeps_oversized=True).softened(names)
        outcome = engine.plan_at_prices(store, ROUGH_GAP, stopwatch)
        if outcome.chosen is None:
            return None
        chosen = _chosen(store, outcome)
        chosen.release()
        return recount_of(problem_options.limits, chosen.tally, problem_options.max_per_household).uses

    return relaxation_in_words(problem_options.limits, conflict, uses_of_least_change)
