"""Cutting planes in a trust region (boxstep): minimises the dual function where sifting does not converge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from ortools.linear_solver.python import model_builder_helper as glop

from optimization.engines.kernel import Float64s
from optimization.engines.lagrangian import Lagrangian
from optimization.engines.oracle import DualEvaluation, evaluate_dual
from optimization.stopwatch import Stopwatch

GOOD_STEP = 0.5
MAX_EVALUATIONS = 1_500
MASTER_SECONDS = 10.0
"""A master problem takes milliseconds; after this long GLOP will not solve it."""
MAX_FAILURES = 10
KEPT_CUTS = 6
"""Cuts kept for each row of the master problem, the newest ones."""


@dataclass(frozen=True)
class Descent:
    """The end of a minimisation of the dual function.

    Attributes:
        best: the dual evaluation at the best prices.
        is_converged: no prices are better by more than the tolerance, as far as floating point can show.
        evaluations: the number of dual evaluations.
    """

    best: DualEvaluation
    is_converged: bool
    evaluations: int


def descend(
    lagrangian: Lagrangian,
    price: Float64s,
    radius: Float64s,
    *,
    tolerance: float,
    max_evaluations: int,
    stopwatch: Stopwatch,
) -> Descent:
    """Lower the dual function until its cutting-plane model shows that no more than the tolerance can be gained.

    D(y) = gain(y) + Σ upper y⁺ - lower y⁻, and gain is convex with slope -uses: each evaluation gives a
    cut gain(y) >= gain_k - uses_k (y - y_k). The model's minimum in a box around the best prices is evaluated next. The
    box grows while the model is right at its edge, and shrinks where it is wrong.

    Args:
        radius: (rows,) half-widths of the first box.
        tolerance: share of the dual function's value.

    Source: Marsten, Hogan, Blankenship (1975), The boxstep method for large-scale optimization, Operations Research 23.
    """
    best = evaluate_dual(lagrangian, np.clip(price, lagrangian.min_price, lagrangian.max_price))
    cuts, failures = [best], 0
    for evaluations in range(1, max_evaluations + 1):
        solution = _lowest(lagrangian, cuts, best.price - radius, best.price + radius, stopwatch)
        if stopwatch.is_over() or failures > MAX_FAILURES:
            return Descent(best, False, evaluations)
        if solution is None:  # GLOP fails numerically; in a smaller box it seldom does
            radius, failures = radius / 2, failures + 1
            continue
        trial, model = solution
        predicted = best.worth - model
        at_edge = np.abs(trial - best.price) >= radius * (1 - 1e-6)
        if predicted <= tolerance * max(abs(best.worth), 1.0):
            if not (at_edge & (trial > lagrangian.min_price) & (trial < lagrangian.max_price)).any():
                return Descent(best, True, evaluations)
            radius = np.where(at_edge, radius * 4, radius)
            continue
        evaluation = evaluate_dual(lagrangian, trial)
        gained = best.worth - evaluation.worth
        cuts = [*cuts, evaluation][-max(KEPT_CUTS * lagrangian.rows, 60) :]
        if gained >= GOOD_STEP * predicted:
            radius = np.where(at_edge, radius * 2, radius)
        elif gained < 0:
            radius = radius * 0.7
        if gained > 0:
            best = evaluation
    return Descent(best, False, max_evaluations)


def seconds_left(stopwatch: Stopwatch) -> float:
    """The time limit of one call of GLOP."""
    return min(MASTER_SECONDS, stopwatch.seconds_for_a_solver())


def _lowest(
    lagrangian: Lagrangian, cuts: list[DualEvaluation], low: Float64s, high: Float64s, stopwatch: Stopwatch
) -> tuple[Float64s, float] | None:
    """The master problem: the prices at which the model is least in a box, and its value there; None where GLOP fails.

    Columns are the gain, then the parts of each price above and below zero.
    """
    low, high = np.maximum(low, lagrangian.min_price), np.minimum(high, lagrangian.max_price)
    rows = lagrangian.rows
    uses = np.array([cut.uses for cut in cuts])
    offset = np.array([cut.gain + float((cut.uses * cut.price).sum()) for cut in cuts])
    worth = [np.where(np.isfinite(bound), bound, 0.0) for bound in (lagrangian.upper, lagrangian.lower)]
    model: Any = glop.ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        np.concatenate([[0.0], np.maximum(low, 0), np.maximum(-high, 0)]),
        np.concatenate([[np.inf], np.maximum(high, 0), np.maximum(-low, 0)]),
        np.concatenate([[1.0], worth[0], -worth[1]]),
        offset,
        np.full(len(cuts), np.inf),
        sp.csr_matrix(np.hstack([np.ones((len(cuts), 1)), uses, -uses])),
    )
    solver = glop.ModelSolverHelper("glop")
    solver.set_time_limit_in_seconds(seconds_left(stopwatch))
    solver.solve(model)
    if solver.status() != glop.SolveStatus.OPTIMAL:
        return None
    values = np.asarray(solver.variable_values())
    return np.clip(values[1 : rows + 1] - values[rows + 1 :], low, high), solver.objective_value()
