"""The prices at which a market's dual function is least, by programs over the few customers who waver."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import Any

import numpy as np
import scipy.sparse as sp
from ortools.linear_solver.python import model_builder_helper as glop

from optimization.engines.kernel import Float64s, Quote, fine_nets
from optimization.engines.looking import look, reduce_within
from optimization.engines.market import Market
from optimization.engines.master import GOOD, Descent, descend, seconds_left
from optimization.row import MILLION

MAX_ROUNDS = 100
MAX_LOOKS = 1_500
WAVERING = 600
"""Candidates of a program, give or take a factor of two: GLOP takes a hundredth of a second for so many."""
WAVERING_PER_ROW = 6
TOO_MANY = 20
"""Times as many candidates are not sifted: where households compete, hardly a customer is sure."""
STEP = 3.0
"""First step over slack: within half the slack the program is exact, and it stays useful some way beyond."""
NARROWED = 1 / 16
"""Of the first step: a box that has shrunk so far says little about prices outside it."""


def lowest(
    market: Market, price: Float64s, slack: float, *, tolerance: float, until: float, max_rounds: int = MAX_ROUNDS
) -> Descent:
    """Lower the dual function by sifting; by cutting planes from where that ends if it does not get to the end.

    Args:
        slack: by how much what options cost may still move, in the currency; a guess.
        tolerance: share of the dual function's worth.
        until: the clock (`time.monotonic`) at which to stop.
    """
    sifted = sift(market, price, slack, tolerance=tolerance, until=until, max_rounds=max_rounds)
    if sifted.reached or monotonic() > until:
        return sifted
    radius = np.full(market.rows, slack)
    return descend(market, sifted.best.price, radius, tolerance=tolerance, max_looks=MAX_LOOKS, until=until)


def sift(
    market: Market, price: Float64s, slack: float, *, tolerance: float, until: float, max_rounds: int = MAX_ROUNDS
) -> Descent:
    """Let the customers decide who are sure, ask GLOP for the prices of the others' program, and look again there.

    Whoever prefers a candidate by more than the slack is taken to keep it, whatever the prices; the others keep
    the candidates within the slack of their best. That understates what customers gain, so the program's worth in
    a box is below the dual function's, and where the two meet, the prices are the best in the box. The box
    shrinks where the program is wrong and grows where it is right at the edge.

    Returns:
        `reached` is False where rounds or time run out, GLOP fails or too many customers waver.
    """
    best = look(market, np.clip(price, market.cheapest, market.dearest))
    aim = max(WAVERING, WAVERING_PER_ROW * market.rows)
    radius = first = np.full(market.rows, STEP * slack / _reach(market))
    for rounds in range(1, max_rounds + 1):
        rest, sure, share = _wavering(market, best.price, slack, aim)
        if len(rest.menus.net) > TOO_MANY * aim or monotonic() > until:
            return Descent(best, False, rounds)
        found = _solved(rest, best.price - radius, best.price + radius, until)
        if found is None:
            radius = radius / 4
            continue
        wanted, model = found
        hoped = best.worth - (model / share + sure)
        at_edge = (np.abs(wanted - best.price) >= radius * (1 - 1e-6)) & (wanted > market.cheapest)
        at_edge &= wanted < market.dearest
        seen = look(market, wanted)
        gained, moved = best.worth - seen.worth, _farthest(market, wanted - best.price)
        import os
        if os.environ.get('DBG')=='2': print(f'   {rounds} {rest.customers} {len(rest.menus.net)} share {share:.3f} slack {slack:.5f} rad {radius.mean():.5f} hoped {hoped/best.worth:.2e} gained {gained/best.worth:.2e} edge {at_edge.sum()} moved {moved:.4f} y {np.abs(best.price).max():.2f}')
        afar = 1.0 if not at_edge.any() else max(1.0, float((first * NARROWED / radius).max()))
        is_best = hoped * afar <= tolerance * max(abs(best.worth), 1.0)
        best = seen if gained > 0 else best
        if is_best and share == 1:
            return Descent(best, True, rounds)
        if gained <= 0:
            radius = radius / 4
        elif gained >= GOOD * hoped:
            radius = np.where(at_edge, radius * 2, radius)
        if share < 1:
            slack = slack / 4 if is_best else min(slack, moved) if gained > 0 else slack / 2
        elif moved < slack / 4:
            slack = max(moved * 4, slack / 8)
        elif len(rest.menus.net) < aim / 2:
            slack *= 1.5
    return Descent(best, False, max_rounds)


def _wavering(market: Market, price: Float64s, slack: float, aim: int) -> tuple[Market, float, float]:
    """The market of those who waver or of a share of them, what the others gain before prices, and the share.

    A share stands for all: its bounds are moved so that its customers miss them by what all who waver do.
    """
    unit = float(MILLION * 2**market.bits)
    rest, sure = reduce_within(market, price, market.widths_of(slack / 2))
    gain = float((fine_nets(market.menus, sure) / unit).sum())
    size = len(rest.menus.net)
    if size <= 2 * aim:
        return rest, gain, 1.0
    some = rest.first(max(rest.customers * aim // size, 1))
    share = some.customers / rest.customers
    all_of, some_of = look(rest, price), look(some, price)
    excess = all_of.uses * share - some_of.uses
    gain += (all_of.gain - some_of.gain / share) + float((excess / share * price).sum())
    return replace(some, lower=some.lower - excess, upper=some.upper - excess), gain, share


def _reach(market: Market) -> float:
    """By how much one unit of every price moves what options cost, on average."""
    return float(np.abs(market.per_option).sum(axis=0).mean()) or 1.0


def _farthest(market: Market, step: Float64s) -> float:
    """By how much a step of the prices moves what options cost, at most."""
    return float(np.abs((step[:, None] * market.per_option).sum(axis=0)).max(initial=0))


def _solved(rest: Market, low: Float64s, high: Float64s, until: float) -> tuple[Float64s, float] | None:
    """The prices in a box at which the rest's dual function is least, and its worth there; None where GLOP fails.

    Columns are what customers gain, what a household's last slot gains, each price's part above and below zero; a row
    says that a customer gains what a candidate leaves, less the household's slot.
    """
    low, high = np.maximum(low, rest.cheapest), np.minimum(high, rest.dearest)
    gains, weights = _gains(rest)
    use = _use(rest)
    bounds = [np.where(np.isfinite(bound), bound, 0.0) for bound in (rest.upper, rest.lower)]
    model: Any = glop.ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        np.concatenate([np.zeros(len(weights)), np.maximum(low, 0), np.maximum(-high, 0)]),
        np.concatenate([np.full(len(weights), np.inf), np.maximum(high, 0), np.maximum(-low, 0)]),
        np.concatenate([weights, bounds[0], -bounds[1]]),
        rest.menus.net / float(MILLION * 2**rest.bits),
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


def _use(rest: Market) -> sp.csr_matrix:
    """(candidates, rows) what each candidate uses."""
    option = rest.menus.option
    use = rest.per_option[:, option]
    for column, factors in zip(rest.menus.columns, rest.factors, strict=True):
        use = use + factors[:, option] * column
    return sp.csr_matrix(use.T)
