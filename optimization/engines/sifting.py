"""Sifting: minimises the dual function by small linear programs over the customers who are undecided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper as glop

from conf.micros import MICROS
from optimization.engines.cutting_planes import GOOD_STEP, MAX_EVALUATIONS, Descent, descend, seconds_left
from optimization.engines.kernel import Float64s, fine_nets
from optimization.engines.lagrangian import Lagrangian
from optimization.engines.oracle import DualEvaluation, evaluate_dual, reduce_within
from optimization.stopwatch import Stopwatch

MAX_ROUNDS = 100
UNDECIDED_TARGET = 600
"""Target number of candidates in a program, within a factor of two: GLOP solves it in hundredths of a second."""
UNDECIDED_TARGET_PER_ROW = 7
"""More limits need more undecided customers: a small sample of them says too little about each limit."""
MAX_OVERSIZE = 4
"""Programs with this many times the target are not solved: a household that cannot be split is too large."""
STEP = 3.0
"""First step over slack: within half the slack the program is exact, and a little beyond it is still useful."""
SHRINK = 3.0
FARTHEST = 10.0
"""By convexity, a box this many times as wide holds at most this many times the gain."""
COLLAPSED = 1e8
"""A box that has shrunk by this factor is stuck: a small gain within it proves nothing."""
HEAD = 2**11
"""Candidates from which the size of cost moves is estimated."""


@dataclass(frozen=True)
class _Step:
    """The minimum of one program of undecided customers.

    Attributes:
        price: (rows,) the prices at the minimum, the currency per scaled unit.
        predicted: the decrease of the dual function that the program predicts, in the currency.
        at_edge: (rows,) whether the box stops the price.
        is_exact: whether the program holds all undecided customers, not a sample of them.
        candidates: the number of candidates in the program.
    """

    price: Float64s
    predicted: float
    at_edge: NDArray[np.bool_]
    is_exact: bool
    candidates: int


def lowest(lagrangian: Lagrangian, price: Float64s, slack: float, *, tolerance: float, stopwatch: Stopwatch) -> Descent:
    """Minimise the dual function by sifting, then by cutting planes where sifting does not converge."""
    sifted = sift(lagrangian, price, slack, tolerance=tolerance, stopwatch=stopwatch)
    if sifted.is_converged or stopwatch.is_over():
        return sifted
    radius = np.full(lagrangian.rows, lagrangian.typical_gain)
    cut = descend(
        lagrangian, sifted.best.price, radius, tolerance=tolerance, max_evaluations=MAX_EVALUATIONS, stopwatch=stopwatch
    )
    return replace(cut, evaluations=cut.evaluations + sifted.evaluations)


def sift(lagrangian: Lagrangian, price: Float64s, slack: float, *, tolerance: float, stopwatch: Stopwatch) -> Descent:
    """Fix the customers with a clear choice, solve the linear program of the undecided with GLOP, evaluate, repeat.

    A customer who prefers a candidate by more than the slack keeps it in the program at all prices. The undecided keep
    the candidates within the slack of their best. So the program is a lower model of the dual function in a box around
    the prices; where the two meet, the prices are the best in the box. The box shrinks where the model is wrong, and
    grows where it is right at the edge. While there are too many undecided customers, a sample stands for all of them,
    and the slack shrinks with the moves.

    Args:
        slack: by how much option costs may still move, in the currency; a guess.
        tolerance: share of the dual function's value.
        stopwatch: says when to stop.

    Returns:
        `is_converged` is False where rounds or time run out, GLOP fails, too many are undecided or the box collapses.
    """
    best = evaluate_dual(lagrangian, np.clip(price, lagrangian.min_price, lagrangian.max_price))
    target_size = max(UNDECIDED_TARGET, UNDECIDED_TARGET_PER_ROW * lagrangian.rows)
    head = _use(lagrangian, HEAD)
    radius = first = np.full(lagrangian.rows, STEP * slack / (float(abs(head).sum()) / max(head.shape[0], 1) or 1.0))
    for rounds in range(1, MAX_ROUNDS + 1):
        step = _step(lagrangian, best, radius, slack=slack, target_size=target_size, stopwatch=stopwatch)
        if step is None:
            return Descent(best, False, 2 * rounds)
        evaluation = evaluate_dual(lagrangian, step.price)
        gained, moved = best.worth - evaluation.worth, float(np.abs(head @ (step.price - best.price)).max(initial=0))
        beyond = float((first / radius).max()) if step.at_edge.any() else 1.0
        is_best = step.predicted * min(max(beyond, 1.0), FARTHEST) <= tolerance * max(abs(best.worth), 1.0)
        best = evaluation if gained > 0 else best
        if is_best and step.is_exact:
            return Descent(best, beyond < COLLAPSED, 2 * rounds + 1)
        if gained <= 0:
            radius = radius / SHRINK
        elif gained >= GOOD_STEP * step.predicted:
            radius = np.where(step.at_edge, radius * 2, radius)
        if step.is_exact:
            slack *= min(max(target_size / max(step.candidates, 1), 0.5), 2.0)
        elif gained > 0 and not is_best:
            slack = min(max(moved / 2, slack / 4), slack * 2)
        else:
            slack /= 4 if is_best else 2
    return Descent(best, False, 2 * MAX_ROUNDS)


def _step(
    lagrangian: Lagrangian,
    best: DualEvaluation,
    radius: Float64s,
    *,
    slack: float,
    target_size: int,
    stopwatch: Stopwatch,
) -> _Step | None:
    """The next prices; None where too many are undecided, the time is up or GLOP finds no solution."""
    rest, fixed_gain, share = _undecided(lagrangian, best.price, slack, target_size)
    if len(rest.candidates.net) > MAX_OVERSIZE * target_size or stopwatch.is_over():
        return None
    solution = _solved(rest, best.price - radius, best.price + radius, stopwatch)
    if solution is None:
        return None
    price, worth = solution
    is_stopped = np.abs(price - best.price) >= radius * (1 - 1e-6)
    at_edge = is_stopped & (price > lagrangian.min_price) & (price < lagrangian.max_price)
    return _Step(price, best.worth - (worth / share + fixed_gain), at_edge, share == 1, len(rest.candidates.net))


def _undecided(
    lagrangian: Lagrangian, price: Float64s, slack: float, target_size: int
) -> tuple[Lagrangian, float, float]:
    """The undecided customers or a sample of them, what the fixed ones gain before prices, and the sample's share.

    A sample stands for all: its bounds are moved so that its slope at the prices is that of all undecided customers.
    """
    unit = float(MICROS * 2**lagrangian.bits)
    rest, fixed = reduce_within(lagrangian, price, lagrangian.uniform_spread(slack / 2))
    gain = float((fine_nets(lagrangian.candidates)[fixed] / unit).sum())
    size = len(rest.candidates.net)
    if size <= 2 * target_size:
        return rest, gain, 1.0
    sample = rest.first(max(rest.customers * target_size // size, 1))
    share = sample.customers / rest.customers
    all_undecided, sampled = evaluate_dual(rest, price), evaluate_dual(sample, price)
    excess = all_undecided.uses * share - sampled.uses
    gain += (all_undecided.gain - sampled.gain / share) + float((excess / share * price).sum())
    return replace(sample, lower=sample.lower - excess, upper=sample.upper - excess), gain, share


def _solved(rest: Lagrangian, low: Float64s, high: Float64s, stopwatch: Stopwatch) -> tuple[Float64s, float] | None:
    """The prices in a box at which the dual function of the rest is least, and its value; None where GLOP fails.

    Columns are the gain of each customer, the price of each household's capacity, and the parts of each row price above
    and below zero. Rows are candidates: the customer gains at least the dual-adjusted value, less the capacity price.
    """
    low, high = np.maximum(low, rest.min_price), np.minimum(high, rest.max_price)
    gains, weights = _gains(rest)
    use = _use(rest, len(rest.candidates.net))
    bounds = [np.where(np.isfinite(bound), bound, 0.0) for bound in (rest.upper, rest.lower)]
    model: Any = glop.ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        np.concatenate([np.zeros(len(weights)), np.maximum(low, 0), np.maximum(-high, 0)]),
        np.concatenate([np.full(len(weights), np.inf), np.maximum(high, 0), np.maximum(-low, 0)]),
        np.concatenate([weights, bounds[0], -bounds[1]]),
        fine_nets(rest.candidates) / float(MICROS * 2**rest.bits),
        np.full(len(rest.candidates.net), np.inf),
        sp.hstack([gains, use, -use], format="csr"),
    )
    solver = glop.ModelSolverHelper("glop")
    solver.set_time_limit_in_seconds(seconds_left(stopwatch))
    solver.solve(model)
    if solver.status() != glop.SolveStatus.OPTIMAL:
        return None
    values = np.asarray(solver.variable_values())[len(weights) :]
    return np.clip(values[: rest.rows] - values[rest.rows :], low, high), solver.objective_value()


def _gains(rest: Lagrangian) -> tuple[sp.csr_matrix, Float64s]:
    """(candidates, customers and households) the gains that a candidate bounds, and the weight of each gain."""
    candidates = len(rest.candidates.net)
    sizes = np.diff(rest.candidates.start)
    customer_gains = sp.csr_matrix(
        (np.ones(candidates), (np.arange(candidates), np.repeat(np.arange(rest.customers), sizes))),
        shape=(candidates, rest.customers),
    )
    if rest.household_offsets is None or rest.household_capacity is None:
        return customer_gains, np.ones(rest.customers)
    households = len(rest.household_capacity)
    household = np.repeat(np.repeat(np.arange(households), np.diff(rest.household_offsets)), sizes)
    shared = sp.csr_matrix((np.ones(candidates), (np.arange(candidates), household)), shape=(candidates, households))
    return sp.hstack([customer_gains, shared]), np.concatenate(
        [np.ones(rest.customers), rest.household_capacity.astype(np.float64)]
    )


def _use(lagrangian: Lagrangian, candidates: int) -> sp.csr_matrix:
    """(candidates, rows) the coefficients of the first candidates, in scaled units."""
    option = lagrangian.candidates.option[:candidates]
    use = lagrangian.per_option[:, option]
    for column, factors in zip(lagrangian.candidates.columns, lagrangian.factors, strict=True):
        use = use + factors[:, option] * column[:candidates]
    return sp.csr_matrix(use.T)
