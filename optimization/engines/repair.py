"""From a fractional solution to a plan: CP-SAT decides the customers that are contested."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from conf.micros import MICROS
from optimization.bound import Margins, Part, Prices
from optimization.engines.relaxation import Relaxed
from optimization.limits import Row
from optimization.program import Program

WORK_LIMIT = 1.0
"""CP-SAT's own count of work, about seconds: unlike the clock it gives the same plan each time."""


@dataclass(frozen=True)
class Settled:
    """What is decided before the finish.

    Attributes:
        chosen: candidates that are chosen whatever the finish does.
        open: candidates that the finish decides on, ascending.
        hint: the open candidates that a good plan may choose.
    """

    chosen: NDArray[np.int64]
    open: NDArray[np.int64]
    hint: NDArray[np.int64]


def settle(program: Program, part: Part, base: NDArray[np.int64], first: NDArray[np.int64], size: int) -> Settled:
    """Open all candidates of the first customers, until `size` candidates are open; the others keep their choice.

    Args:
        base: (k,) candidates that a rounded solution chooses, at most one a customer.
        first: (customers,) the customers in the order in which they are opened.
    """
    alive_of = np.add.reduceat(part.is_alive.astype(np.int64), program.start[:-1])
    opened = first[np.cumsum(alive_of[first]) <= max(size, int(alive_of[first[0]]))]
    is_open = np.zeros(program.customers, dtype=bool)
    is_open[opened] = True
    of_candidate = is_open[program.customer_of()]
    return Settled(
        chosen=base[~of_candidate[base]],
        open=np.flatnonzero(of_candidate & part.is_alive),
        hint=base[of_candidate[base]],
    )


def finish(
    program: Program, part: Part, settled: Settled, *, enough: Fraction, time_limit_seconds: float
) -> NDArray[np.int64] | None:
    """The best completion that CP-SAT finds; None where it finds none (in time).

    Args:
        enough: millionths; the search ends at a plan worth so much.

    Returns:
        Chosen candidates, ascending. Nothing that CP-SAT claims is relied upon: callers recount.
    """
    model = cp_model.CpModel()
    takes = [model.new_bool_var("") for _ in settled.open]
    _people(model, program, settled, takes)
    is_hinted = np.isin(settled.open, settled.hint)
    for take, forced, hinted in zip(takes, part.is_forced[settled.open], is_hinted, strict=True):
        model.add_hint(take, bool(hinted))
        if forced:
            model.add(take == 1)
    losses: list[tuple[cp_model.IntVar, Fraction]] = []
    for place, row in enumerate(program.rows):
        used = int(program.coefficients(place, settled.chosen).sum())
        losses += _limit(model, row, program.coefficients(place, settled.open), takes, used)
    scale = lcm(*(price.denominator for _, price in losses)) if losses else 1
    weights = [int(net) * scale for net in program.net[settled.open]] + [-int(price * scale) for _, price in losses]
    model.maximize(cp_model.LinearExpr.weighted_sum([*takes, *(lost for lost, _ in losses)], weights))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = WORK_LIMIT
    solver.parameters.max_time_in_seconds = max(time_limit_seconds, 0.01)
    target = (enough - int(program.net[settled.chosen].sum())) * scale
    if solver.solve(model, _StopWhenEnough(float(target))) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    taken = settled.open[[solver.boolean_value(take) for take in takes]] if takes else settled.open
    return np.sort(np.concatenate([settled.chosen, taken]))


class _StopWhenEnough(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # ortools ships no types
    """Ends the search at a plan that is worth enough."""

    def __init__(self, enough: float) -> None:
        super().__init__()
        self._enough = enough

    def on_solution_callback(self) -> None:
        if self.objective_value >= self._enough:
            self.stop_search()


def _people(model: cp_model.CpModel, program: Program, settled: Settled, takes: list[cp_model.IntVar]) -> None:
    customer = program.customer_of()
    of_customer = customer[settled.open]
    for members in _groups(of_customer):
        model.add_at_most_one(takes[member] for member in members)
    home = program.home_of()
    if home is None or program.slots is None:
        return
    taken = np.bincount(home[customer[settled.chosen]], minlength=int(home.max()) + 1)
    for members in _groups(home[of_customer]):
        slots = int((program.slots - taken)[home[of_customer[members[0]]]])
        model.add(cp_model.LinearExpr.sum([takes[member] for member in members]) <= slots)


def _groups(key: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Places of equal keys; equal keys stand together."""
    return np.split(np.arange(len(key)), np.flatnonzero(np.diff(key)) + 1) if len(key) else []


def _limit(
    model: cp_model.CpModel, row: Row, coefficients: NDArray[np.int64], takes: list[cp_model.IntVar], used: int
) -> list[tuple[cp_model.IntVar, Fraction]]:
    """Add one row; returns what it may miss, with the price per row unit."""
    is_soft = row.shortfall_price is not None or row.excess_price is not None
    step = 1 if is_soft else gcd(*(int(one) for one in coefficients)) or 1
    places = np.flatnonzero(coefficients)
    use = cp_model.LinearExpr.weighted_sum(
        [takes[place] for place in places], [int(coefficients[place]) // step for place in places]
    )
    reach = int(np.abs(coefficients).sum())
    losses = []
    for bound, sign, price in ((row.lower, 1, row.shortfall_price), (row.upper, -1, row.excess_price)):
        if bound is None:
            continue
        missing = 0
        if price is not None:
            missing = model.new_int_var(0, reach + abs(bound - used), "")
            losses.append((missing, price))
        if sign > 0:
            model.add(use + missing >= ceil(Fraction(bound - used, step)))
        else:
            model.add(use - missing <= floor(Fraction(bound - used, step)))
    return losses


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
        room = max_gap * max(abs(bound), Fraction(MICROS))
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
