"""From the relaxation's vertex to a plan: it is fractional for few customers, and CP-SAT decides those."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from optimization.bound import Margins, Part
from optimization.engines.finish import finish, settle
from optimization.engines.relaxation import Relaxed
from optimization.limits import MILLION
from optimization.prices import Prices
from optimization.program import Program

OPENED = (500, 4_000, 32_000)
"""Candidates that CP-SAT decides on, in one attempt after the other; the last attempt opens all."""
GOOD_SHARE = Fraction(1, 10)
"""Of the gap that is allowed, what a search that is warm should leave: better plans are cheap there."""
HALF = 0.5
NEARLY = 1e-6


@dataclass(frozen=True)
class Aim:
    """What a plan should be worth, in millionths.

    Attributes:
        enough: the gap that is allowed is reached; no further attempt is made.
        good: an attempt ends here.
    """

    enough: Fraction
    good: Fraction

    @classmethod
    def below(cls, bound: Fraction, max_gap: Fraction) -> Aim:
        """The aim that a bound and the gap allowed set."""
        room = max_gap * max(abs(bound), Fraction(MILLION))
        return cls(bound - room, bound - room * GOOD_SHARE)

    def less(self, worth: int) -> Aim:
        """The aim for the rest, when so much is decided."""
        return Aim(self.enough - worth, self.good - worth)


def rounded(program: Program, relaxed: Relaxed, prices: Prices, aim: Aim, until: float) -> NDArray[np.int64] | None:
    """A good plan near the relaxation's solution, or none."""
    part = Part.whole(program)
    best = np.flatnonzero(relaxed.share > HALF)
    worth = program.worth(best)
    if not len(program.net):
        return best if worth is not None else None
    first = _most_contested(program, prices, relaxed.share)
    base = best
    for size in (*(opened for opened in OPENED if opened < len(program.net)), len(program.net)):
        if (worth is not None and worth >= aim.enough) or monotonic() > until:
            break
        settled = settle(program, part, base, first, size)
        chosen = finish(program, part, settled, enough=aim.good, time_limit_seconds=until - monotonic())
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
