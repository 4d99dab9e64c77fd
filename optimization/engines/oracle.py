"""The dual oracle: evaluates the Lagrangian at given prices, and fixes customers whose choice cannot change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conf.micros import MICROS
from optimization.engines.kernel import (
    NOBODY,
    UNDECIDED,
    CandidateArrays,
    Float64s,
    Int64s,
    OptionCosts,
    best_members,
    keep,
    regrets,
    respond,
)
from optimization.engines.lagrangian import Lagrangian, candidate_arrays
from optimization.exact_sums import exact_sum
from optimization.presolve import restricted
from optimization.program import Program
from optimization.threads import each

CHUNK = 2**15
"""Customers evaluated by one call of the kernel."""
WORTH_A_THREAD = 500_000
"""Candidates below which threads cost more than they save."""


@dataclass(frozen=True)
class DualEvaluation:
    """The dual function and its slope at one price vector.

    Attributes:
        price: (rows,) the currency per scaled unit.
        worth: the value of the dual function, in the currency: no fractional plan is worth more.
        gain: the part of `worth` that customers gain: Σ_i max(0, max_j dual-adjusted value).
        uses: (rows,) what the chosen candidates use, in scaled units; minus this is a subgradient of `gain`.
    """

    price: Float64s
    worth: float
    gain: float
    uses: Float64s


@dataclass(frozen=True)
class OpenedChoices:
    """What the prices fix, and what the primal repair decides.

    Attributes:
        chosen: positions of the candidates that fixed customers choose, ascending.
        open: positions of the candidates of ambiguous customers, ascending.
    """

    chosen: Int64s
    open: Int64s


def evaluate_dual(lagrangian: Lagrangian, price: Float64s) -> DualEvaluation:
    """Evaluate the dual function: each customer takes its candidate of the largest dual-adjusted value."""
    chosen, gain = _responses(lagrangian, lagrangian.option_costs(price))
    uses = _uses(lagrangian, chosen)
    total = gain / (MICROS * 2**lagrangian.bits)
    return DualEvaluation(price, total + lagrangian.constant(price), total, uses)


def decisions(program: Program, costs: OptionCosts, spread: OptionCosts) -> tuple[Int64s, Int64s]:
    """Fix the customers whose choice is the same in a whole price box (reduced-cost fixing).

    Args:
        costs: the option costs in the middle of the box.
        spread: by how much each option cost may move within the box.

    Returns:
        Positions of the candidates that undecided customers may still choose, and of those that fixed customers
        choose, both ascending.
    """

    def decide(candidates: CandidateArrays) -> tuple[Int64s, Int64s]:
        choice = np.empty(len(candidates.start) - 1, dtype=np.int64)
        kept = np.empty(int(candidates.start[-1] - candidates.start[0]), dtype=np.int64)
        written = keep(candidates, costs, spread, choice, kept)
        return choice, kept[:written].copy()

    chunks = _each(candidate_arrays(program), decide)
    choice, kept = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
    if program.household_offsets is not None and program.household_capacity is not None:
        choice, kept = _with_households(program.household_offsets, program.household_capacity, choice, kept)
    return kept, choice[choice >= 0]


def reduce_within(lagrangian: Lagrangian, price: Float64s, spread: OptionCosts) -> tuple[Lagrangian, Int64s]:
    """Fix the customers whose choice stays the same while no option cost moves by more than its spread.

    Returns:
        The relaxation for the undecided, with the candidates that can still be best and the bounds less what the fixed
        use; and the positions that the fixed choose, ascending.
    """
    kept, decided = decisions(lagrangian.program, lagrangian.option_costs(price), spread)
    rest = restricted(lagrangian.program, kept, decided)
    return lagrangian.holding(rest, used=lagrangian.program.uses(decided)), decided


def open_ambiguous(lagrangian: Lagrangian, price: Float64s, customers: int) -> OpenedChoices:
    """Open the ambiguous customers: those who lose least by another choice than their best."""
    costs = lagrangian.option_costs(price)

    def compare(candidates: CandidateArrays) -> tuple[Int64s, Int64s]:
        choice = np.empty(len(candidates.start) - 1, dtype=np.int64)
        regret = np.empty(len(choice), dtype=np.int64)
        regrets(candidates, costs, choice, regret)
        return choice, regret

    chunks = _each(lagrangian.candidates, compare)
    choice, regret = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
    if lagrangian.household_offsets is not None and lagrangian.household_capacity is not None:
        best = np.empty(lagrangian.customers, dtype=np.int64)
        respond(lagrangian.candidates, costs, np.empty_like(best), best)
        is_in, distance = _household_margins(lagrangian.household_offsets, lagrangian.household_capacity, best)
        choice, regret = np.where(is_in, choice, NOBODY), np.minimum(regret, distance)
    is_open = np.zeros(lagrangian.customers, dtype=bool)
    is_open[np.argsort(regret, kind="stable")[:customers]] = True
    opened = np.flatnonzero(np.repeat(is_open, np.diff(lagrangian.candidates.start)))
    return OpenedChoices(choice[~is_open & (choice >= 0)], opened)


def _uses(lagrangian: Lagrangian, chosen: Int64s) -> Float64s:
    """(rows,) what the candidates at these positions use, in scaled units."""
    option = lagrangian.candidates.option[chosen]
    options = lagrangian.per_option.shape[1]
    uses: Float64s = (lagrangian.per_option * np.bincount(option, minlength=options)).sum(axis=1)
    for column, factors in zip(lagrangian.candidates.columns, lagrangian.factors, strict=True):
        uses = uses + (factors * np.bincount(option, weights=column[chosen], minlength=options)).sum(axis=1)
    return uses


def _household_margins(offsets: Int64s, capacity: Int64s, best: Int64s) -> tuple[NDArray[np.bool_], Int64s]:
    """Which customers are among the best members of their household, and how far each is from changing that."""
    is_in = np.zeros(len(best), dtype=bool)
    best_members(offsets, capacity, best, is_in)
    sizes = np.diff(offsets)
    last_in = np.minimum.reduceat(np.where(is_in, best, 2**62), offsets[:-1])
    first_out = np.maximum.reduceat(np.where(is_in, 0, best), offsets[:-1])
    threshold = np.where(is_in, np.repeat(first_out, sizes), np.repeat(last_in, sizes))
    has_rival = np.repeat(first_out > 0, sizes) & (best > 0)
    return is_in, np.where(has_rival, np.abs(best - threshold), 2**62)


def _with_households(offsets: Int64s, capacity: Int64s, choice: Int64s, kept: Int64s) -> tuple[Int64s, Int64s]:
    """Members who compete for the capacity of their household are undecided, even with one candidate each."""
    competes = choice != NOBODY
    competitors = np.add.reduceat(competes.astype(np.int64), offsets[:-1])
    is_overfull = np.repeat(competitors > capacity, np.diff(offsets))
    reopened = choice[is_overfull & (choice >= 0)]
    return np.where(is_overfull & competes, UNDECIDED, choice), np.sort(np.concatenate([kept, reopened]))


def _responses(lagrangian: Lagrangian, costs: OptionCosts) -> tuple[Int64s, int]:
    """The chosen positions, ascending, and the sum of their margins on the fine grid."""

    def choose(candidates: CandidateArrays) -> tuple[Int64s, Int64s]:
        choice = np.empty(len(candidates.start) - 1, dtype=np.int64)
        best = np.empty(len(choice), dtype=np.int64)
        respond(candidates, costs, choice, best)
        return choice, best

    chunks = _each(lagrangian.candidates, choose)
    if lagrangian.household_offsets is None or lagrangian.household_capacity is None:
        return np.concatenate([choice[choice >= 0] for choice, _ in chunks]), sum(exact_sum(best) for _, best in chunks)
    best = np.concatenate([best for _, best in chunks])
    is_in = np.zeros(len(best), dtype=bool)
    best_members(lagrangian.household_offsets, lagrangian.household_capacity, best, is_in)
    return np.concatenate([choice for choice, _ in chunks])[is_in], exact_sum(best[is_in])


def _each(
    candidates: CandidateArrays, evaluate: Callable[[CandidateArrays], tuple[Int64s, Int64s]]
) -> list[tuple[Int64s, Int64s]]:
    """The results of a function for chunks of customers, in order; threads share the work."""
    start, key = candidates.start, candidates.customer_key
    chunks = [
        candidates._replace(start=start[first : first + CHUNK + 1], customer_key=key[first : first + CHUNK])
        for first in range(0, max(len(key), 1), CHUNK)
    ]
    if len(candidates.net) < WORTH_A_THREAD:
        return [evaluate(chunk) for chunk in chunks]
    return each(evaluate, chunks)
