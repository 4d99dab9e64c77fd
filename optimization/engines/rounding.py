"""From the relaxation's vertex to a plan: it is fractional for few customers, and CP-SAT decides those."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from optimization.bound import Margins, Part
from optimization.engines.finish import finish, settle
from optimization.engines.relaxation import Relaxed
from optimization.prices import Prices
from optimization.program import Program

OPENED = (500, 4_000, 32_000)
"""Candidates that CP-SAT decides on, in one attempt after the other; the last attempt opens all."""
HALF = 0.5
NEARLY = 1e-6


def rounded(
    program: Program, relaxed: Relaxed, prices: Prices, *, enough: Fraction, until: float
) -> NDArray[np.int64] | None:
    """A good plan near the relaxation's solution, or none.

    Args:
        enough: millionths; a plan worth so much is not improved upon.
    """
    part = Part.whole(program)
    best = np.flatnonzero(relaxed.share > HALF)
    worth = program.worth(best)
    if not len(program.net):
        return best if worth is not None else None
    first = _most_contested(program, prices, relaxed.share)
    base = best
    for size in (*(opened for opened in OPENED if opened < len(program.net)), len(program.net)):
        if (worth is not None and worth >= enough) or monotonic() > until:
            break
        settled = settle(program, part, base, first, size)
        chosen = finish(program, part, settled, enough=Fraction(floor(enough)), time_limit_seconds=until - monotonic())
        found = None if chosen is None else program.worth(chosen)
        if chosen is not None and found is not None and (worth is None or found > worth):
            best, worth = chosen, found
    return best if worth is not None else None


def _most_contested(program: Program, prices: Prices, share: NDArray[np.float64]) -> NDArray[np.int64]:
    """(customers,) fractional customers first, then by the distance between the best and the second-best choice."""
    margin = Margins.at(program, prices).of()
    start = program.start[:-1]
    best = np.maximum.reduceat(margin, start)
    is_best = margin == best[program.customer_of()]
    ties = np.add.reduceat(is_best.astype(np.int64), start)
    second = np.maximum.reduceat(np.where(is_best, np.iinfo(np.int64).min, margin), start)
    second = np.where(ties > 1, best, second)
    regret = np.where(best > 0, best - np.maximum(second, 0), -best)
    fraction = np.maximum.reduceat(np.abs(share - np.round(share)), start)
    return np.lexsort((regret, fraction < NEARLY)).astype(np.int64)
