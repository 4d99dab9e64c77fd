"""The prices at which a market's dual function is least, by programs over the few customers who waver."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper as glop

from conf.micros import MICROS
from optimization.engines.cutting_planes import GOOD, MAX_LOOKS, Descent, descend, seconds_left
from optimization.engines.kernel import Float64s, fine_nets
from optimization.engines.lagrangian import Market
from optimization.engines.oracle import Look, look, reduce_within

MAX_ROUNDS = 100
WAVERING = 600
"""Candidates aimed at in a program, give or take a factor of two: GLOP takes hundredths of a second for so many."""
WAVERING_PER_ROW = 7
"""More limits need more customers who waver, or a share of them says too little about each limit."""
TOO_MANY = 4
"""Times as many candidates are not sifted: a household that cannot be split has too many members."""
STEP = 3.0
"""First step over slack: within half the slack the program is exact, and it stays useful some way beyond."""
SHRINK = 3.0
FARTHEST = 10.0
"""A box this many times as wide as one that was searched can at most hold as many times the gain, by convexity."""
COLLAPSED = 1e8
"""A box that has shrunk so often is stuck: that little can be gained in it tells nothing."""
HEAD = 2**11
"""Candidates by which costs are judged."""


@dataclass(frozen=True)
class _Step:
    """Where a program says that prices are best.

    Attributes:
        hoped: what the program says can be gained, in the currency.
        at_edge: (rows,) whether the box keeps a price from going farther.
        is_exact: whether all who waver are in the program, and not a share of them.
        candidates: of the program.
    """

    price: Float64s
    hoped: float
    at_edge: NDArray[np.bool_]
    is_exact: bool
    candidates: int


def lowest(market: Market, price: Float64s, slack: float, *, tolerance: float, until: float) -> Descent:
    """Lower the dual function by sifting; by cutting planes from there if that does not get to the end."""
    sifted = sift(market, price, slack, tolerance=tolerance, until=until)
    if sifted.reached or monotonic() > until:
        return sifted
    radius = np.full(market.rows, market.typical_gain)
    cut = descend(market, sifted.best.price, radius, tolerance=tolerance, max_looks=MAX_LOOKS, until=until)
    return replace(cut, looks=cut.looks + sifted.looks)


def sift(market: Market, price: Float64s, slack: float, *, tolerance: float, until: float) -> Descent:
    """Take those for decided who are sure, ask GLOP for the prices of the others' program, and look again there.

    Whoever prefers a candidate by more than the slack keeps it in the program, whatever the prices; the others keep
    the candidates within the slack of their best. That understates what customers gain: the program's worth in a
    box is below the dual function's, and where the two meet, the prices are the best in the box. The box
    shrinks where the program is wrong and grows where it is right at the edge. While the slack leaves too many
    customers, a share of them stands for all, and the slack follows the moves down.

    Args:
        slack: by how much what options cost may still move, in the currency; a guess.
        tolerance: share of the dual function's worth.
        until: the clock (`time.monotonic`) at which to stop.

    Returns:
        `reached` is False where rounds or time run out, GLOP fails, too many customers waver or the box collapses.
    """
    best = look(market, np.clip(price, market.cheapest, market.dearest))
    aim = max(WAVERING, WAVERING_PER_ROW * market.rows)
    head = _use(market, HEAD)
    radius = first = np.full(market.rows, STEP * slack / (float(abs(head).sum()) / max(head.shape[0], 1) or 1.0))
    for rounds in range(1, MAX_ROUNDS + 1):
        step = _step(market, best, radius, slack=slack, aim=aim, until=until)
        if step is None:
            return Descent(best, False, 2 * rounds)
        seen = look(market, step.price)
        gained, moved = best.worth - seen.worth, float(np.abs(head @ (step.price - best.price)).max(initial=0))
        beyond = float((first / radius).max()) if step.at_edge.any() else 1.0
        is_best = step.hoped * min(max(beyond, 1.0), FARTHEST) <= tolerance * max(abs(best.worth), 1.0)
        best = seen if gained > 0 else best
        if is_best and step.is_exact:
            return Descent(best, beyond < COLLAPSED, 2 * rounds + 1)
        if gained <= 0:
            radius = radius / SHRINK
        elif gained >= GOOD * step.hoped:
            radius = np.where(step.at_edge, radius * 2, radius)
        if step.is_exact:
            slack *= min(max(aim / max(step.candidates, 1), 0.5), 2.0)
        elif gained > 0 and not is_best:
            slack = min(max(moved / 2, slack / 4), slack * 2)
        else:
            slack /= 4 if is_best else 2
    return Descent(best, False, 2 * MAX_ROUNDS)


def _step(market: Market, best: Look, radius: Float64s, *, slack: float, aim: int, until: float) -> _Step | None:
    """None where there is nothing to step to: too many waver, time is up or GLOP finds no solution."""
    rest, sure, share = _wavering(market, best.price, slack, aim)
    if len(rest.menus.net) > TOO_MANY * aim or monotonic() > until:
        return None
    found = _solved(rest, best.price - radius, best.price + radius, until)
    if found is None:
        return None
    price, worth = found
    is_stopped = np.abs(price - best.price) >= radius * (1 - 1e-6)
    at_edge = is_stopped & (price > market.cheapest) & (price < market.dearest)
    return _Step(price, best.worth - (worth / share + sure), at_edge, share == 1, len(rest.menus.net))


def _wavering(market: Market, price: Float64s, slack: float, aim: int) -> tuple[Market, float, float]:
    """The market of those who waver or of a share of them, what the others gain before prices, and the share.

    A share stands for all: its bounds are moved so that its customers miss them by what all who waver do.
    """
    unit = float(MICROS * 2**market.bits)
    rest, sure = reduce_within(market, price, market.widths_of(slack / 2))
    gain = float((fine_nets(market.menus)[sure] / unit).sum())
    size = len(rest.menus.net)
    if size <= 2 * aim:
        return rest, gain, 1.0
    some = rest.first(max(rest.customers * aim // size, 1))
    share = some.customers / rest.customers
    all_of, some_of = look(rest, price), look(some, price)
    excess = all_of.uses * share - some_of.uses
    gain += (all_of.gain - some_of.gain / share) + float((excess / share * price).sum())
    return replace(some, lower=some.lower - excess, upper=some.upper - excess), gain, share


def _solved(rest: Market, low: Float64s, high: Float64s, until: float) -> tuple[Float64s, float] | None:
    """The prices in a box at which the rest's dual function is least, and its worth there; None where GLOP fails.

    Columns are what customers gain, what a household's last slot gains, each price's part above and below zero; a row
    says that a customer gains what a candidate leaves, less the household's slot.
    """
    low, high = np.maximum(low, rest.cheapest), np.minimum(high, rest.dearest)
    gains, weights = _gains(rest)
    use = _use(rest, len(rest.menus.net))
    bounds = [np.where(np.isfinite(bound), bound, 0.0) for bound in (rest.upper, rest.lower)]
    model: Any = glop.ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        np.concatenate([np.zeros(len(weights)), np.maximum(low, 0), np.maximum(-high, 0)]),
        np.concatenate([np.full(len(weights), np.inf), np.maximum(high, 0), np.maximum(-low, 0)]),
        np.concatenate([weights, bounds[0], -bounds[1]]),
        fine_nets(rest.menus) / float(MICROS * 2**rest.bits),
        np.full(len(rest.menus.net), np.inf),
        sp.hstack([gains, use, -use], format="csr"),
    )
    solver = glop.ModelSolverHelper("glop")
    solver.set_time_limit_in_seconds(seconds_left(until))
    solver.solve(model)
    if solver.status() != glop.SolveStatus.OPTIMAL:
        return None
    values = np.asarray(solver.variable_values())[len(weights) :]
    return np.clip(values[: rest.rows] - values[rest.rows :], low, high), solver.objective_value()


def _gains(rest: Market) -> tuple[sp.csr_matrix, Float64s]:
    """(candidates, customers and households) whose gain a candidate asks for, and what each gain weighs."""
    candidates = len(rest.menus.net)
    sizes = np.diff(rest.menus.start)
    people = sp.csr_matrix(
        (np.ones(candidates), (np.arange(candidates), np.repeat(np.arange(rest.customers), sizes))),
        shape=(candidates, rest.customers),
    )
    if rest.home is None or rest.slots is None:
        return people, np.ones(rest.customers)
    homes = len(rest.slots)
    home = np.repeat(np.repeat(np.arange(homes), np.diff(rest.home)), sizes)
    shared = sp.csr_matrix((np.ones(candidates), (np.arange(candidates), home)), shape=(candidates, homes))
    return sp.hstack([people, shared]), np.concatenate([np.ones(rest.customers), rest.slots.astype(np.float64)])


def _use(market: Market, candidates: int) -> sp.csr_matrix:
    """(candidates, rows) what each of the first candidates uses, in scaled units."""
    option = market.menus.option[:candidates]
    use = market.per_option[:, option]
    for column, factors in zip(market.menus.columns, market.factors, strict=True):
        use = use + factors[:, option] * column[:candidates]
    return sp.csr_matrix(use.T)
