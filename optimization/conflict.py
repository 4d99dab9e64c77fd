"""Why no plan exists: limits that cannot hold together, and the least change that would let one exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from conf.limit import Limit
from optimization.certificate import recount
from optimization.engines import MOST_FOR_EXACT, engine_for
from optimization.engines.customers import Gathered
from optimization.engines.exact import solve_exactly
from optimization.engines.infeasibility import proof_of_emptiness
from optimization.engines.relaxation import softened
from optimization.limit_use import as_decimal
from optimization.limits import Row
from optimization.presolve import without_misfits
from optimization.problem import Problem
from optimization.program import Program
from optimization.proof import proven_bound

SMALL_GAP = Fraction(1, 10_000)
ROUGH_GAP = Fraction(1, 100)
"""Of a large night, how near to the least the change of bounds must be."""


def conflict_of(rows: Sequence[Row], is_proven_empty: Callable[[Sequence[str]], bool]) -> tuple[str, ...]:
    """Names of limits that cannot hold together, none of which can be left out (a deletion filter).

    Args:
        rows: those of a program that has no plan.
        is_proven_empty: whether it is proven that the limits of these names alone leave no plan.

    Source: Chinneck, Dravnieks (1991), Locating minimal infeasible constraint sets, ORSA Journal on Computing 3.
    """
    names = list(dict.fromkeys(row.limit for row in rows if row.shortfall_price is None or row.upper is not None))
    kept = names
    for name in names:
        without = [one for one in kept if one != name]
        if is_proven_empty(without):
            kept = without
    return tuple(kept)


def is_infeasible(program: Program, until: float) -> bool:
    """Whether it is proven that the program has no plan."""
    program = without_misfits(program)
    if len(program.net) > MOST_FOR_EXACT:
        return proof_of_emptiness(Gathered(program), until) is not None
    valueless = replace(program, net=np.zeros_like(program.net))
    answer = solve_exactly(valueless, Fraction(0), until)
    return answer.chosen is None and proven_bound(valueless, answer.prices, answer.tree, None) is None


def cheapest_relaxation(
    problem: Problem, limits: Sequence[Limit], program: Program, conflict: Sequence[str], until: float
) -> str:
    """In words, what would let a plan exist (`relaxation_in_words`)."""
    _, _, search = engine_for("auto", program)
    gap = ROUGH_GAP if len(program.net) > MOST_FOR_EXACT else SMALL_GAP

    def uses_of_least_change(names: Sequence[str] | None) -> Mapping[str, Fraction | None] | None:
        answer = search(softened(program, names), gap, until)
        if answer.chosen is None:
            return None
        return recount(problem, limits, program.places_in_problem(answer.chosen)).uses

    return relaxation_in_words(limits, conflict, uses_of_least_change)


def relaxation_in_words(
    limits: Sequence[Limit],
    conflict: Sequence[str],
    uses_of_least_change: Callable[[Sequence[str] | None], Mapping[str, Fraction | None] | None],
) -> str:
    """What would be enough.

    First the least total change of bounds, each in its limit's own unit, then for each limit of the conflict the least
    change if it alone gave way, where that is enough.

    Args:
        uses_of_least_change: what the plan uses for which the bounds of some limits (None: of any) change least; None
            where there is no such plan, or none is found in time.
    """
    found = [uses_of_least_change(names) for names in (None, *([name] for name in conflict))]
    ways = [" and ".join(_changes(limits, used)) for used in found if used is not None]
    said = list(dict.fromkeys(way for way in ways if way))
    return f"enough would be: {', or: '.join(said)}" if said else "the time ran out before the least change was known"


def _changes(limits: Sequence[Limit], used: Mapping[str, Fraction | None]) -> Iterator[str]:
    """In words, each change of a bound that makes room for these uses."""
    for limit in limits:
        use = used[limit.name]
        if use is None:
            continue
        if limit.min is not None and limit.shortfall_price is None and use < Fraction(limit.min):
            yield f"cut the min of {limit.name!r} from {limit.min} to {as_decimal(use)}"
        if limit.max is not None and use > Fraction(limit.max):
            yield f"raise the max of {limit.name!r} from {limit.max} to {as_decimal(use)}"


def only(program: Program, names: Sequence[str]) -> Program:
    """The program under the limits of these names alone."""
    places = [place for place, row in enumerate(program.rows) if row.limit in names]
    return replace(
        program,
        rows=tuple(program.rows[place] for place in places),
        per_option=program.per_option[places],
        factors={name: factor[places] for name, factor in program.factors.items()},
    )
