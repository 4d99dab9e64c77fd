"""The engine `exact`: relaxation, repair and branch and bound over all candidates; the oracle of the tests."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from optimization.bound import Part, Prices, weak_duality_bound
from optimization.engines.branching import Tree
from optimization.engines.relaxation import relax
from optimization.engines.repair import Target, rounded
from optimization.engines.result import EngineResult
from optimization.program import Program
from optimization.proof import part_above
from optimization.stopwatch import Stopwatch


def solve_exactly(program: Program, max_gap: Fraction, stopwatch: Stopwatch) -> EngineResult:
    """The best plan by linear relaxation, CP-SAT on what it leaves ambiguous, and branch and bound.

    Args:
        max_gap: share by which the bound may exceed the plan.
        stopwatch: says when to stop.
    """
    relaxed = relax(program, Part.whole(program), time_limit_seconds=stopwatch.seconds_for_a_solver())
    prices = Prices.near(program, np.zeros(len(program.rows)) if relaxed is None else relaxed.price)
    chosen = None
    if relaxed is not None:
        target = Target.below(weak_duality_bound(program, prices), max_gap)
        chosen = rounded(program, relaxed, prices, target, stopwatch)
    worth = None if chosen is None else program.worth(chosen)
    tree = Tree(program, part_above(program, prices, worth), prices, chosen, stopwatch)
    tree.search(max_gap)
    return EngineResult(tree.chosen, prices, tree.proof(), tree.passes + 1)
