"""The prices at which a market's dual function is least: cutting planes inside a trust box, through GLOP."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np
import scipy.sparse as sp
from ortools.linear_solver.python import model_builder_helper as glop

from optimization.engines.kernel import Float64s
from optimization.engines.lagrangian import Market
from optimization.engines.oracle import Look, look

GOOD = 0.5
MAX_LOOKS = 1_500
PATIENCE_SECONDS = 10.0
"""A master takes milliseconds; one that takes so long is lost."""
MAX_FAILURES = 10
KEPT_CUTS = 6
"""Cuts kept for each row of the master, the newest ones."""


@dataclass(frozen=True)
class Descent:
    """Where the search for prices ended.

    Attributes:
        best: the look at the best prices found.
        reached: no prices are better by more than the tolerance, as far as floating point can tell.
        looks: looks at the market.
    """

    best: Look
    reached: bool
    looks: int


def descend(
    market: Market, price: Float64s, radius: Float64s, *, tolerance: float, max_looks: int, until: float
) -> Descent:
    """Lower the dual function until its cutting-plane model shows that no more than the tolerance can be gained.

    D(y) = gain(y) + Σ upper y⁺ - lower y⁻, and gain is convex with slope -uses: each look gives a cut
    gain(y) >= gain_k - uses_k (y - y_k). The model's minimum in a box around the best prices is looked at next; the
    box grows while the model is right at its edge and shrinks when it is wrong.

    Args:
        radius: (rows,) half-widths of the first box.
        tolerance: share of the dual function's worth.

    Source: Marsten, Hogan, Blankenship (1975), The boxstep method for large-scale optimization, Operations Research 23.
    """
    best = look(market, np.clip(price, market.cheapest, market.dearest))
    cuts, failures = [best], 0
    for looks in range(1, max_looks + 1):
        found = _lowest(market, cuts, best.price - radius, best.price + radius, until)
        if monotonic() > until or failures > MAX_FAILURES:
            return Descent(best, False, looks)
        if found is None:  # GLOP's numbers ran away; in a smaller box they seldom do
            radius, failures = radius / 2, failures + 1
            continue
        wanted, model = found
        hoped = best.worth - model
        at_edge = np.abs(wanted - best.price) >= radius * (1 - 1e-6)
        if hoped <= tolerance * max(abs(best.worth), 1.0):
            if not (at_edge & (wanted > market.cheapest) & (wanted < market.dearest)).any():
                return Descent(best, True, looks)
            radius = np.where(at_edge, radius * 4, radius)
            continue
        seen = look(market, wanted)
        gained = best.worth - seen.worth
        cuts = [*cuts, seen][-max(KEPT_CUTS * market.rows, 60) :]
        if gained >= GOOD * hoped:
            radius = np.where(at_edge, radius * 2, radius)
        elif gained < 0:
            radius = radius * 0.7
        if gained > 0:
            best = seen
    return Descent(best, False, max_looks)


def seconds_left(until: float) -> float:
    """How long one call of GLOP may take."""
    return max(min(PATIENCE_SECONDS, until - monotonic()), 0.01)


def _lowest(
    market: Market, cuts: list[Look], low: Float64s, high: Float64s, until: float
) -> tuple[Float64s, float] | None:
    """The prices at which the model is least in a box, and its value there.

    Columns are gain, then each price's part above and below zero.
    """
    low, high = np.maximum(low, market.cheapest), np.minimum(high, market.dearest)
    rows = market.rows
    uses = np.array([cut.uses for cut in cuts])
    offset = np.array([cut.gain + float((cut.uses * cut.price).sum()) for cut in cuts])
    worth = [np.where(np.isfinite(bound), bound, 0.0) for bound in (market.upper, market.lower)]
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
    solver.set_time_limit_in_seconds(seconds_left(until))
    solver.solve(model)
    if solver.status() != glop.SolveStatus.OPTIMAL:
        return None
    values = np.asarray(solver.variable_values())
    return np.clip(values[1 : rows + 1] - values[rows + 1 :], low, high), solver.objective_value()
