"""Primal repair (fix and optimize): from a fractional solution to a plan; CP-SAT decides the ambiguous customers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from conf.micros import MICROS
from optimization.bound import Margins, Part, Prices
from optimization.engines.relaxation import Relaxed
from optimization.exact_sums import exact_sum
from optimization.limits import Row
from optimization.program import Program
from optimization.stopwatch import Stopwatch

LARGEST = 2**62
"""CP-SAT adds up within int64. Where sums could pass this, its model is coarser, and never looser, than the program."""
WORK_LIMIT = 1.0
"""In CP-SAT's deterministic time, about seconds: unlike the clock it gives the same plan each time."""


@dataclass(frozen=True)
class FixedPart:
    """What is fixed before CP-SAT decides the rest.

    Attributes:
        chosen: (k,) positions of the candidates that are fixed as chosen.
        open: (m,) positions of the candidates that CP-SAT decides on, ascending.
        hint: the open candidates of a good solution, from which CP-SAT starts.
    """

    chosen: NDArray[np.int64]
    open: NDArray[np.int64]
    hint: NDArray[np.int64]


def fix_part(program: Program, part: Part, base: NDArray[np.int64], first: NDArray[np.int64], size: int) -> FixedPart:
    """Open the candidates of the first customers, up to `size` candidates; the other customers keep their choice.

    Args:
        base: (k,) candidates that a rounded solution chooses, at most one a customer.
        first: (customers,) the customers in the order in which they are opened.
    """
    alive_of = np.add.reduceat(part.is_alive.astype(np.int64), program.start[:-1])
    opened = first[np.cumsum(alive_of[first]) <= max(size, int(alive_of[first[0]]))]
    is_open = np.zeros(program.customers, dtype=bool)
    is_open[opened] = True
    of_candidate = is_open[program.customer_of()]
    return FixedPart(
        chosen=base[~of_candidate[base]],
        open=np.flatnonzero(of_candidate & part.is_alive),
        hint=base[of_candidate[base]],
    )


def repair(
    program: Program, part: Part, fixed_part: FixedPart, *, enough: Fraction, time_limit_seconds: float
) -> NDArray[np.int64] | None:
    """The best completion that CP-SAT finds; None where it finds none (in time).

    Args:
        enough: micros; the search ends at a plan of this worth.

    Returns:
        Positions of the chosen candidates, ascending. CP-SAT is not trusted: callers recount.
    """
    model = cp_model.CpModel()
    takes = [model.new_bool_var("") for _ in fixed_part.open]
    _add_customer_rows(model, program, fixed_part, takes)
    is_hinted = np.isin(fixed_part.open, fixed_part.hint)
    for take, forced, hinted in zip(takes, part.is_forced[fixed_part.open], is_hinted, strict=True):
        model.add_hint(take, bool(hinted))
        if forced:
            model.add(take == 1)
    losses: list[_Loss] = []
    for position, row in enumerate(program.rows):
        used = exact_sum(program.coefficients(position, fixed_part.chosen))
        losses += _limit(model, row, program.coefficients(position, fixed_part.open), takes, used)
    nets = [int(net) for net in program.net[fixed_part.open]]
    scale = _scale(nets, losses)
    weights = [round(net * scale) for net in nets] + [-round(loss.price * scale) for loss in losses]
    model.maximize(cp_model.LinearExpr.weighted_sum([*takes, *(loss.missed for loss in losses)], weights))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = WORK_LIMIT
    solver.parameters.max_time_in_seconds = time_limit_seconds
    target = (enough - exact_sum(program.net[fixed_part.chosen])) * scale
    if solver.solve(model, _StopWhenEnough(float(target))) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    taken = fixed_part.open[[solver.boolean_value(take) for take in takes]] if takes else fixed_part.open
    return np.sort(np.concatenate([fixed_part.chosen, taken]))


class _StopWhenEnough(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # ortools ships no types
    """Ends the search at a plan of the worth asked for."""

    def __init__(self, enough: float) -> None:
        super().__init__()
        self._enough = enough

    def on_solution_callback(self) -> None:
        if self.objective_value >= self._enough:
            self.stop_search()


def _add_customer_rows(
    model: cp_model.CpModel, program: Program, fixed_part: FixedPart, takes: list[cp_model.IntVar]
) -> None:
    customer = program.customer_of()
    of_customer = customer[fixed_part.open]
    for members in _groups(of_customer):
        model.add_at_most_one(takes[member] for member in members)
    household = program.household_of()
    if household is None or program.household_capacity is None:
        return
    used = np.bincount(household[customer[fixed_part.chosen]], minlength=int(household.max()) + 1)
    for members in _groups(household[of_customer]):
        capacity = int((program.household_capacity - used)[household[of_customer[members[0]]]])
        model.add(cp_model.LinearExpr.sum([takes[member] for member in members]) <= capacity)


def _groups(key: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Positions of equal keys; equal keys are adjacent."""
    return np.split(np.arange(len(key)), np.flatnonzero(np.diff(key)) + 1) if len(key) else []


class _Loss(NamedTuple):
    """What a soft bound misses: CP-SAT's variable, its upper bound, and the price of one unit of it in micros."""

    missed: cp_model.IntVar
    most: int
    price: Fraction


def _scale(nets: list[int], losses: list[_Loss]) -> int | Fraction:
    """What makes all weights of the objective whole numbers, or less where their sum would leave int64."""
    whole = lcm(*(loss.price.denominator for loss in losses))
    size = sum(abs(net) for net in nets) + sum((loss.most * loss.price for loss in losses), Fraction(0))
    return whole if size * whole <= LARGEST else LARGEST / size


def _limit(
    model: cp_model.CpModel, row: Row, coefficients: NDArray[np.int64], takes: list[cp_model.IntVar], used: int
) -> list[_Loss]:
    """Add one row; returns what it misses."""
    is_soft = row.shortfall_price is not None or row.excess_price is not None
    step = 1 if is_soft else gcd(*coefficients.tolist()) or 1
    opened = [takes[position] for position in np.flatnonzero(coefficients)]
    amounts = [amount // step for amount in coefficients.tolist() if amount]
    losses = []
    for bound, is_lower, price in ((row.lower, True, row.shortfall_price), (row.upper, False, row.excess_price)):
        if bound is None:
            continue
        remaining = Fraction(bound - used, step)
        most = sum(abs(amount) for amount in amounts) + abs(ceil(remaining))
        shift = max(0, (most // LARGEST).bit_length())
        missing = 0
        if price is not None:
            most = (most >> shift) + (shift > 0)
            missing = model.new_int_var(0, most, "")
            losses.append(_Loss(missing, most, price * 2**shift))
        if is_lower:
            use = cp_model.LinearExpr.weighted_sum(opened, [amount >> shift for amount in amounts])
            model.add(use + missing >= -(-ceil(remaining) >> shift))
        else:
            use = cp_model.LinearExpr.weighted_sum(opened, [-(-amount >> shift) for amount in amounts])
            model.add(use - missing <= floor(remaining) >> shift)
    return losses


OPENED = (500, 4_000, 32_000)
"""Candidates that CP-SAT decides on, in one attempt after the other; the last attempt opens all of them."""
GOOD_SHARE = Fraction(1, 10)
"""The part of the allowed gap at which an attempt may stop: a search that has begun improves cheaply."""
HALF = 0.5
NEARLY = 1e-6


@dataclass(frozen=True)
class Target:
    """The worth that a plan should reach, in micros.

    Attributes:
        enough: the allowed gap is reached; no further attempt is made.
        good: an attempt ends here.
    """

    enough: Fraction
    good: Fraction

    @classmethod
    def below(cls, bound: Fraction, max_gap: Fraction) -> Target:
        """The target that follows from a bound and the allowed gap."""
        gap = max_gap * max(abs(bound), Fraction(MICROS))
        return cls(bound - gap, bound - gap * GOOD_SHARE)

    def minus(self, worth: int) -> Target:
        """The target for the rest, when the fixed part has this worth."""
        return Target(self.enough - worth, self.good - worth)


def rounded(
    program: Program, relaxed: Relaxed, prices: Prices, target: Target, stopwatch: Stopwatch
) -> NDArray[np.int64] | None:
    """A good plan near the solution of the relaxation, or none."""
    part = Part.whole(program)
    best = np.flatnonzero(relaxed.share > HALF)
    worth = program.worth(best)
    if not len(program.net):
        return best if worth is not None else None
    first = _most_ambiguous(program, prices, relaxed.share)
    base = best
    for size in (*(opened for opened in OPENED if opened < len(program.net)), len(program.net)):
        if (worth is not None and worth >= target.enough) or stopwatch.is_over():
            break
        fixed_part = fix_part(program, part, base, first, size)
        chosen = repair(
            program, part, fixed_part, enough=target.good, time_limit_seconds=stopwatch.seconds_for_a_solver()
        )
        repaired = None if chosen is None else program.worth(chosen)
        if chosen is not None and repaired is not None and (worth is None or repaired > worth):
            best, worth = chosen, repaired
    return best if worth is not None else None


def _most_ambiguous(program: Program, prices: Prices, share: NDArray[np.float64]) -> NDArray[np.int64]:
    """(customers,) fractional customers first, then by the regret of the second-best choice."""
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
