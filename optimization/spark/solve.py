"""`solve` for candidates in Spark: the same plan, bound and prices as the engine `prices`, whatever the partitions."""

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
from optimization.certificate import Recount, judged
from optimization.compilation import compile_program, summed_by
from optimization.conflict import ROUGH_GAP, conflict_of, only, relaxation_in_words
from optimization.engines import price_engine as engine
from optimization.engines.infeasibility import proof_of_emptiness
from optimization.engines.price_engine import Outcome
from optimization.errors import BadInput, Infeasible, NoPlanInTime
from optimization.limit_use import limit_uses
from optimization.options import unmatched
from optimization.plan import Plan, Status
from optimization.problem import REQUIRED, Problem
from optimization.program import grain_of
from optimization.proof import stated_proof
from optimization.solve import SEARCH_SHARE, solve, status_of
from optimization.spark.customers import Chosen, Pieces, Scattered, torn_customers
from optimization.spark.partitions import Terms

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NOWHERE = np.zeros(0, dtype=np.int64)
ALIASES = {"customer": "customer_id", "offer": "offer_id"}


@dataclass(frozen=True)
class SparkPlan:
    """A plan whose chosen candidates are rows in Spark.

    Attributes:
        plan: as `solve` returns or raises it, but that `chosen` is empty: the rows say it.
        rows: the chosen candidates with the columns that the optimizer read, one row a customer at most, in no
            order; they stay in Spark's store until released. None: there is no plan.
    """

    plan: Plan
    rows: DataFrame | None
    chosen: Chosen | None = None

    def release(self) -> None:
        """Free what Spark keeps."""
        if self.chosen is not None:
            self.chosen.release()


def solve_in_spark(
    candidates: DataFrame,
    limits: Sequence[Limit],
    *,
    max_per_household: int | None = None,
    seed: int = 0,
    max_gap: Decimal = Decimal("0.0001"),
    time_limit_seconds: float = 600.0,
    must_match: bool = False,
    files: Sequence[Path] = (),
) -> SparkPlan:
    """The plan worth the most, by the engine `prices` with all candidates in Spark.

    The driver holds samples, undecided customers and sums, never all candidates. A plan that is missing or not good
    enough is returned and not raised: `solving.answered` raises what its status says.

    Args:
        candidates: the columns of `Problem.from_table`; computed twice, once to be counted.
        must_match: whether a limit that matches no candidate is an error.
        files: if the frame is no more than Parquet files, these, under paths that every executor sees: read without
            Spark's own rows, they are in pieces several times as fast.

    Raises:
        BadInput: limits and candidates do not fit together.
    """
    began = monotonic()
    terms = Terms(limits, max_per_household, seed)
    compile_program(terms.problem(candidates.limit(0).toArrow()), limits)
    candidates = candidates.select(_columns_read(candidates.columns, terms))
    count = candidates.count()
    if count <= engine.BRANCHED:
        found = _gathered(candidates, terms, max_gap, time_limit_seconds, must_match=must_match)
    else:
        if max_per_household is not None and (torn := torn_customers(candidates)):
            raise BadInput(f"candidates: household_id differs between rows of one customer ({torn} customers)")
        pieces = Pieces.of(candidates, count, terms, files)
        try:
            if must_match:
                _check_matches(pieces.whole.examples, limits, count)
            found = _searched(candidates, pieces, Fraction(max_gap), began + time_limit_seconds * SEARCH_SHARE)
        finally:
            pieces.release()
    return replace(found, plan=replace(found.plan, engine="spark", seconds=monotonic() - began))


def _columns_read(names: Sequence[str], terms: Terms) -> list[str]:
    matched = {ALIASES.get(name, name) for limit in terms.limits for name in limit.where}
    wanted = {*REQUIRED, *summed_by(terms.limits), *matched}
    if terms.max_per_household is not None:
        wanted.add("household_id")
    return [name for name in names if name in wanted]


def _check_matches(problem: Problem, limits: Sequence[Limit], count: int) -> None:
    """A limit that counts nothing is a typing error more often than not."""
    idle = unmatched(problem, limits)
    if idle:
        raise BadInput(f"limit {idle[0]!r} matches none of the {count} candidates")


def _gathered(
    candidates: DataFrame, terms: Terms, max_gap: Decimal, time_limit_seconds: float, *, must_match: bool
) -> SparkPlan:
    """The plan for few candidates, which one process solves by branching too."""
    table = candidates.toArrow()
    problem = terms.problem(table)
    if must_match:
        _check_matches(problem, terms.limits, len(problem))
    try:
        plan = solve(problem, terms.limits, engine="prices", max_gap=max_gap, time_limit_seconds=time_limit_seconds)
    except (Infeasible, NoPlanInTime) as error:
        plan = error.plan
    rows = candidates.sparkSession.createDataFrame(table.take(pa.array(plan.chosen))) if plan.has_plan else None
    return SparkPlan(
        replace(plan, chosen=NOWHERE, reason=f"{len(problem)} candidates: few enough for one process"), rows
    )


def _searched(candidates: DataFrame, pieces: Pieces, max_gap: Fraction, until: float) -> SparkPlan:
    crowd = Scattered.of(pieces, pieces.whole.blank)
    outcome = engine.plan_at_prices(crowd, max_gap, until)
    bound: int | None = _whole(crowd, outcome.bound)
    chosen, counted, leaf = None, None, None
    if outcome.chosen is not None:
        chosen = _chosen(crowd, outcome)
        counted = _recounted(pieces.terms, chosen, outcome)
    else:
        leaf = proof_of_emptiness(crowd, until)
        bound = bound if leaf is None else None
    plan = Plan(
        status=status_of(outcome.worth, bound, max_gap),
        chosen=NOWHERE,
        has_plan=counted is not None,
        value=outcome.worth,
        bound=bound,
        limits=limit_uses(
            pieces.terms.limits,
            counted,
            crowd.blank.rows,
            outcome.prices,
            lambda place: chosen.most[place] if chosen else 0,
        ),
        reason=f"{sum(pieces.whole.candidates.values())} candidates in {len(crowd.counts)} pieces",
        proof=stated_proof(pieces.whole.examples, crowd.blank, outcome.prices, leaf),
        passes=outcome.found.passes + 1,
    )
    if plan.status is Status.INFEASIBLE:
        conflict = conflict_of(crowd.blank.rows, partial(_is_empty, pieces, until))
        plan = replace(plan, conflict=conflict, relaxation=_relaxation(pieces, conflict, until))
    return SparkPlan(plan, chosen.rows(candidates) if chosen else None, chosen)


def _whole(crowd: Scattered, bound: Fraction) -> int:
    """Rounded down to what the worth of a plan can be."""
    grain = grain_of(crowd.blank.rows, crowd.grain)
    return floor(bound / grain) * grain


def _chosen(crowd: Scattered, outcome: Outcome) -> Chosen:
    rest = outcome.found.rest.program
    return crowd.choose(
        outcome.found.box, rest.places_in_problem(outcome.chosen if outcome.chosen is not None else NOWHERE)
    )


def _recounted(terms: Terms, chosen: Chosen, outcome: Outcome) -> Recount:
    counted = judged(terms.limits, chosen.tally, terms.max_per_household)
    if counted.breaches or counted.value != outcome.worth:
        raise AssertionError(
            f"the engine's plan does not stand the recount: {counted.breaches or counted.value}, {outcome.worth}"
        )
    return counted


def _is_empty(pieces: Pieces, until: float, names: Sequence[str]) -> bool:
    """Whether prices prove that the limits of these names alone leave no plan."""
    return proof_of_emptiness(Scattered.of(pieces, only(pieces.whole.blank, names)), until) is not None


def _relaxation(pieces: Pieces, conflict: Sequence[str], until: float) -> str:
    """In words, what would let a plan exist."""
    terms = pieces.terms

    def uses_of_least_change(names: Sequence[str] | None) -> Mapping[str, Fraction | None] | None:
        crowd = Scattered.of(pieces, pieces.whole.blank, keeps_misfits=True).softened(names)
        outcome = engine.plan_at_prices(crowd, ROUGH_GAP, until)
        if outcome.chosen is None:
            return None
        chosen = _chosen(crowd, outcome)
        chosen.release()
        return judged(terms.limits, chosen.tally, terms.max_per_household).uses

    return relaxation_in_words(terms.limits, conflict, uses_of_least_change)
