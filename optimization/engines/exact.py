"""The whole problem to OR-Tools: the oracle of the other engines, and the engine of small nights."""

from __future__ import annotations

from fractions import Fraction
from time import monotonic

import numpy as np

from optimization.bound import Part, Prices, weak_duality_bound
from optimization.engines.branching import Tree
from optimization.engines.relaxation import relax
from optimization.engines.repair import Aim, rounded
from optimization.engines.result import Answer
from optimization.program import Program
from optimization.proof import part_above


def solve_exactly(program: Program, max_gap: Fraction, until: float) -> Answer:
    """The best plan by linear relaxation, CP-SAT on what it leaves contested, and branch and bound.

    Args:
        max_gap: share by which the bound may exceed the plan.
        until: the clock (`time.monotonic`) at which to stop.
    """
    relaxed = relax(program, Part.whole(program), time_limit_seconds=until - monotonic())
    prices = Prices.near(program, np.zeros(len(program.rows)) if relaxed is None else relaxed.price)
    chosen = None
    if relaxed is not None:
        aim = Aim.below(weak_duality_bound(program, prices), max_gap)
        chosen = rounded(program, relaxed, prices, aim, until)
    worth = None if chosen is None else program.worth(chosen)
    tree = Tree(program, part_above(program, prices, worth), prices, chosen, until)
    tree.search(max_gap)
    return Answer(tree.chosen, prices, tree.proof(), tree.passes + 1)
