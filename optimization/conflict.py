"""Infeasible programs: a minimal set of limits in conflict, and the least relaxation that resolves it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

import numpy as np

from conf.limit import Limit
from conf.micros import MICROS
from optimization.certificate import ENDLESS, recount
from optimization.compilation import compile_program
from optimization.engines import MOST_FOR_EXACT, engine_for
from optimization.engines.customers import InMemory
from optimization.engines.exact import solve_exactly
from optimization.engines.infeasibility import infeasibility_certificate
from optimization.engines.relaxation import softened
from optimization.errors import BadInput
from optimization.limit_use import as_decimal
from optimization.limits import Row
from optimization.presolve import without_oversized
from optimization.problem import Problem
from optimization.program import Program
from optimization.proof import proven_bound
from optimization.stopwatch import Stopwatch

SHOWN_DIGITS = 3
SMALL_GAP = Fraction(1, 10_000)
ROUGH_GAP = Fraction(1, 100)
"""For large nights: the gap within which the change of bounds is the least."""


def conflict_of(rows: Sequence[Row], is_proven_infeasible: Callable[[Sequence[str]], bool]) -> tuple[str, ...]:
    """Names of limits that cannot hold together, none of which can be left out (a deletion filter).

    Args:
        rows: those of a program that has no plan.
        is_proven_empty: whether it is proven that the limits of these names alone leave no plan.

    Source: Chinneck, Dravnieks (1991), Locating minimal infeasible constraint sets, ORSA Journal on Computing 3.
    """
    names = list(dict.fromkeys(row.limit for row in rows if row.shortfall_price is None or row.upper is not None))
    kept = names
    for name in names:
        without = [other for other in kept if other != name]
        if is_proven_infeasible(without):
            kept = without
    return tuple(kept)


def is_infeasible(program: Program, stopwatch: Stopwatch) -> bool:
    """Whether it is proven that the program has no plan."""
    program = without_oversized(program)
    if len(program.net) > MOST_FOR_EXACT:
        return infeasibility_certificate(InMemory(program), stopwatch) is not None
    valueless = replace(program, net=np.zeros_like(program.net))
    result = solve_exactly(valueless, Fraction(0), stopwatch)
    return result.chosen is None and proven_bound(valueless, result.prices, result.tree, None) is None


def cheapest_relaxation(
    problem: Problem, limits: Sequence[Limit], program: Program, conflict: Sequence[str], stopwatch: Stopwatch
) -> str:
    """A message: what would make a plan exist (`relaxation_in_words`)."""
    _, _, search = engine_for("auto", program)
    gap = ROUGH_GAP if len(program.net) > MOST_FOR_EXACT else SMALL_GAP

    def uses_of_least_change(names: Sequence[str] | None) -> Mapping[str, Fraction | None] | None:
        result = search(softened(program, names), gap, stopwatch)
        if result.chosen is None:
            return None
        return recount(problem, limits, program.indices_in_problem(result.chosen)).uses

    def worth_under(relaxed: Sequence[Limit]) -> int | None:
        try:
            changed = compile_program(problem, relaxed)
        except BadInput:
            return None  # a ratio near zero or beyond all bounds makes factors that no sum holds
        result = engine_for("auto", changed)[2](changed, gap, stopwatch)
        return None if result.chosen is None else changed.worth(result.chosen)

    return relaxation_in_words(limits, conflict, uses_of_least_change, worth_under)


def relaxation_in_words(
    limits: Sequence[Limit],
    conflict: Sequence[str],
    uses_of_least_change: Callable[[Sequence[str] | None], Mapping[str, Fraction | None] | None],
    worth_under: Callable[[Sequence[Limit]], int | None] = lambda _: None,
) -> str:
    """The message for what would be enough, in bounds that people would write, the way that leaves most first.

    The ways are the least total change of bounds, each in its limit's unit, and for each limit of the conflict the
    least change of that limit alone, where that is enough.

    Args:
        uses_of_least_change: the uses of the plan that needs the least change of the bounds of some limits (None: of
            all); None where there is no such plan, or none is found in time.
        worth_under: micros that a good plan under changed limits is worth; None: not known.
    """
    plans = [uses_of_least_change(names) for names in (None, *([name] for name in conflict))]
    ways = [_changes(limits, uses) for uses in plans if uses is not None]
    worth_of = {" and ".join(way.values()): worth_under(_relaxed(limits, way)) for way in ways if way}
    if not worth_of:
        return "the time ran out before the least change was known"
    known = {way: worth for way, worth in worth_of.items() if worth is not None}
    in_order = sorted(known, key=lambda way: -known[way]) + [way for way in worth_of if way not in known]
    told = [f"{way}{f' (then worth {known[way] / MICROS:,.2f})' if way in known else ''}" for way in in_order]
    return f"enough would be: {', or: '.join(told)}"


Change = tuple[str, str, Decimal | None]
"""Limit, `min` or `max`, and the bound that would be enough; None: only none would be."""


def _changes(limits: Sequence[Limit], uses: Mapping[str, Fraction | None]) -> dict[Change, str]:
    """Each change of a bound that these uses need, and its message."""
    changes: dict[Change, str] = {}
    for limit in limits:
        use = uses[limit.name]
        if use is None:
            continue
        if limit.min is not None and limit.shortfall_price is None and use < Fraction(limit.min):
            least = _plain(limit, use, ROUND_FLOOR)
            changes[limit.name, "min", least] = _told(limit, "min", least)
        if limit.max is not None and use > Fraction(limit.max):
            most = _plain(limit, use, ROUND_CEILING)
            changes[limit.name, "max", most] = _told(limit, "max", most)
    return changes


def _told(limit: Limit, side: str, bound: Decimal | None) -> str:
    if bound is None:
        return f"leave out the {side} of {limit.name!r}"
    verb = {"min": "cut", "max": "raise"}[side]
    return f"{verb} the {side} of {limit.name!r} from {getattr(limit, side)} to {bound:f}"


def _plain(limit: Limit, use: Fraction, rounding: str) -> Decimal | None:
    """A bound of three digits that this use keeps; contacts are whole: nobody writes 11.997056161.

    None: no number is enough, as for a ratio over nothing.
    """
    if abs(use) >= ENDLESS:
        return None
    exact = as_decimal(use)
    if limit.count and not limit.is_quotient:
        return exact
    rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - SHOWN_DIGITS + 1), rounding=rounding)
    return rounded.normalize() + Decimal(0)


def _relaxed(limits: Sequence[Limit], changes: Iterable[Change]) -> list[Limit]:
    """The limits with these bounds."""
    bounds: dict[str, dict[str, Decimal | None]] = {}
    for name, side, bound in changes:
        bounds.setdefault(name, {})[side] = bound
    return [limit.model_copy(update=bounds.get(limit.name, {})) for limit in limits]


def only(program: Program, names: Sequence[str]) -> Program:
    """The program under the limits of these names alone."""
    positions = [position for position, row in enumerate(program.rows) if row.limit in names]
    return replace(
        program,
        rows=tuple(program.rows[position] for position in positions),
        per_option=program.per_option[positions],
        factors={name: factor[positions] for name, factor in program.factors.items()},
    )
