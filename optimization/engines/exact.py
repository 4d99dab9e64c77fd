"""The whole problem to OR-Tools: the oracle of the other engines, and the engine of small nights."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from optimization.bound import Part, margins, weak_duality_bound
from optimization.engines.answer import Answer
from optimization.engines.branching import NEARLY, Tree
from optimization.engines.finish import finish, settle
from optimization.engines.relaxation import Relaxed, relax
from optimization.prices import Prices
from optimization.program import Program
from optimization.proof import part_above
from optimization.row import MILLION

OPENED = (500, 4_000, 32_000)
"""Candidates that CP-SAT decides on, in one attempt after the other; the last attempt opens all."""
HALF = 0.5


def solve_exactly(program: Program, max_gap: Fraction, until: float) -> Answer:
    """The best plan by linear relaxation, CP-SAT on what it leaves contested, and branch and bound.

    Args:
        max_gap: share by which the bound may exceed the plan.
        until: the clock (`time.monotonic`) at which to stop.
    """
    part = Part.whole(program)
    relaxed = relax(program, part, time_limit_seconds=until - monotonic())
    nothing = np.zeros(len(program.rows))
    prices = Prices.near(program, nothing if relaxed is None else relaxed.price)
    chosen = None if relaxed is None else _rounded(program, relaxed, prices, max_gap, until)
    worth = None if chosen is None else program.worth(chosen)
    tree = Tree(program, part_above(program, prices, worth), prices, chosen, until)
    tree.search(max_gap)
    return Answer(tree.chosen, prices, tree.proof(), tree.passes + 1)


def _rounded(
    program: Program, relaxed: Relaxed, prices: Prices, max_gap: Fraction, until: float
) -> NDArray[np.int64] | None:
    """A good plan near the relaxation's solution, or none."""
    part = Part.whole(program)
    base = np.flatnonzero(relaxed.share > HALF)
    if not len(program.net):
        return base
    bound = weak_duality_bound(program, prices)
    enough = bound - max_gap / 10 * max(abs(bound), Fraction(MILLION))
    first = _most_contested(program, prices, relaxed.share)
    best, best_worth = None, program.worth(base)
    if best_worth is not None:
        best = base
    for size in (*OPENED, len(program.net)):
        if (best_worth is not None and best_worth >= enough) or monotonic() > until:
            break
        settled = settle(program, part, base, first, size)
        chosen = finish(program, part, settled, enough=Fraction(floor(enough)), time_limit_seconds=until - monotonic())
        worth = None if chosen is None else program.worth(chosen)
        if worth is not None and (best_worth is None or worth > best_worth):
            best, best_worth = chosen, worth
        if size >= len(program.net):
            break
    return best


def _most_contested(program: Program, prices: Prices, share: NDArray[np.float64]) -> NDArray[np.int64]:
    """(customers,) fractional customers first, then by the distance between the best and the second-best choice."""
    margin, _ = margins(program, prices)
    start = program.start[:-1]
    best = np.maximum.reduceat(margin, start)
    is_best = margin == best[program.customer_of()]
    ties = np.add.reduceat(is_best.astype(np.int64), start)
    second = np.maximum.reduceat(np.where(is_best, np.iinfo(np.int64).min, margin), start)
    second = np.where(ties > 1, best, second)
    regret = np.where(best > 0, best - np.maximum(second, 0), -best)
    fraction = np.maximum.reduceat(np.abs(share - np.round(share)), start)
    return np.lexsort((regret, fraction < NEARLY)).astype(np.int64)
