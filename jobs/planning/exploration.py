"""Finds the candidates that may be offered at random: those that no limit could run out of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from conf.limit import Limit
from optimization.compilation import compile_program
from optimization.exact_sums import exact_sum
from optimization.problem import Problem


def non_scarce(
    problem: Problem, limits: Sequence[Limit], unit: NDArray[np.int64], is_open: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(n,) whether a candidate counts in no limit that random choices alone could use up, and takes from no floor.

    A limit is scarce if the open candidates, one for each unit and each time the one that uses most of it, pass its
    maximum. From the floor of a ratio those take that lie below it. Whatever is drawn among non-scarce candidates keeps
    every maximum and makes no minimum harder to reach, so that nothing drawn has to be taken back, and the chance
    of each draw is known.

    Args:
        unit: (n,) the customer, or the household, of each candidate; 0 ..
        is_open: (n,) the candidates among which is drawn.
    """
    program = compile_program(problem, limits)
    position = program.indices_in_problem(np.arange(len(problem)))
    is_non_scarce = np.ones(len(problem), dtype=bool)
    for row, bounds in enumerate(program.rows):
        use = np.empty(len(problem), dtype=np.int64)
        use[position] = program.coefficients(row)
        if bounds.lower is not None and bounds.shortfall_price is None:
            is_non_scarce &= use >= 0
        if bounds.upper is None:
            continue
        most = np.zeros(int(unit.max(initial=-1)) + 1, dtype=np.int64)
        np.maximum.at(most, unit[is_open], use[is_open])
        if exact_sum(most) > bounds.upper:
            is_non_scarce &= use <= 0
    return is_non_scarce
