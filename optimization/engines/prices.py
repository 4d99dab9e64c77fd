"""The engine for any number of customers on one machine: limits get prices, customers then choose alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from time import monotonic

import numpy as np

from optimization.bound import Part, weak_duality_bound
from optimization.engines.answer import Answer
from optimization.engines.branching import Tree
from optimization.engines.emptiness import proof_of_emptiness
from optimization.engines.kernel import Float64s, Int64s
from optimization.engines.looking import contests, reduce
from optimization.engines.market import Market
from optimization.engines.master import descend
from optimization.engines.relaxation import relax
from optimization.engines.rounding import Aim, rounded
from optimization.narrowing import narrowed
from optimization.prices import Prices
from optimization.program import Program
from optimization.proof import Proof, part_above

SMALLEST_SAMPLE = 500
GROWTH = 8
SPREADS = 4.0
NARROWEST = 1e-6
"""Of a typical gain: where all customers are alike, samples agree on prices that the jitter alone sets apart."""
WIDENING = 4.0
"""A box whose edge is reached grows by this, then by its square, then by its cube."""
SAMPLE_TOLERANCE = 1e-7
TOLERANCE = 1e-9
MAX_LOOKS = 1_500
CONTESTED = (500, 2_000, 8_000, 32_000)
"""Customers whose choice the finish may change, in one attempt after the other."""
BRANCHED = 20_000
"""Candidates up to which branch and bound closes what is left of the gap."""


@dataclass(frozen=True)
class Found:
    """Prices, and what they leave open.

    Attributes:
        price: (rows,) in the market's scaled units.
        rest: the customers who are undecided near the prices.
        decided: places chosen by the others.
        passes: looks at all candidates.
    """

    price: Float64s
    rest: Market
    decided: Int64s
    passes: int


def solve_by_prices(program: Program, max_gap: Fraction, until: float) -> Answer:
    """The plan that customers make when each pays for what it uses, repaired for the few whom prices cannot part.

    Args:
        max_gap: share by which the bound may exceed the plan.
        until: the clock (`time.monotonic`) at which to stop.
    """
    market = Market.of(program)
    found = find_prices(market, until)
    prices = Prices.near(program, market.in_row_units(found.price))
    aim = Aim.below(weak_duality_bound(program, prices), max_gap)
    chosen = _plan(program, found, prices, aim, until)
    tree: Proof | None = None
    if len(program.net) <= BRANCHED:
        worth = None if chosen is None else program.worth(chosen)
        branches = Tree(program, part_above(program, prices, worth), prices, chosen, until)
        branches.search(max_gap)
        chosen, tree = branches.chosen, branches.proof()
    elif chosen is None:
        tree = proof_of_emptiness(program, until)
    return Answer(chosen, prices, tree, found.passes + 1)


def find_prices(market: Market, until: float) -> Found:
    """The prices at which the dual function is least: on samples first, each narrowing the box for the next.

    A customer whose choice is the same all over the box is decided and drops out. An optimum strictly inside the
    box is the optimum everywhere, by convexity; at its edge, the box is widened and the look repeated.
    """
    price = np.zeros(market.rows)
    width = np.full(market.rows, np.inf)
    size = SMALLEST_SAMPLE
    while size * 2 < market.customers:
        before = price
        price = _level(market.first(size), price, width, SAMPLE_TOLERANCE, until).price
        moved = np.abs(price - before)
        if np.isfinite(width).all() or size > SMALLEST_SAMPLE:
            width = np.maximum(moved, moved.mean() * 0.5) * SPREADS / np.sqrt(GROWTH - 1)
            width = np.maximum(width, NARROWEST * market.typical_gain())
        size *= GROWTH
    return _level(market, price, width, TOLERANCE, until)


def _level(market: Market, price: Float64s, width: Float64s, tolerance: float, until: float) -> Found:
    passes, widening = 0, 1.0
    while True:
        rest, decided = market, np.zeros(0, dtype=np.int64)
        if np.isfinite(width).all():
            rest, decided = reduce(market, price, width)
            passes += 1
        low, high = np.maximum(market.cheapest, price - width), np.minimum(market.dearest, price + width)
        boxed = replace(rest, cheapest=low, dearest=high)
        radius = np.where(np.isfinite(width), width / 2, rest.typical_gain())
        descent = descend(boxed, price, radius, tolerance=tolerance, max_looks=MAX_LOOKS, until=until)
        passes += 0 if np.isfinite(width).all() else descent.looks
        best = descent.best.price
        is_cut_off = ((best <= low) & (low > market.cheapest)) | ((best >= high) & (high < market.dearest))
        if not is_cut_off.any() or monotonic() > until:
            return Found(best, rest, decided, passes)
        widening *= WIDENING
        price, width = best, np.where(is_cut_off, width * widening, width)


def _plan(program: Program, found: Found, prices: Prices, aim: Aim, until: float) -> Int64s | None:
    """The best plan over ever more contested customers, or none."""
    best, best_worth = None, None
    for size in CONTESTED:
        contest = contests(found.rest, found.price, size)
        chosen = np.sort(np.concatenate([found.decided, contest.chosen]))
        left = narrowed(program, contest.open, chosen)
        relaxed = relax(left, Part.whole(left), time_limit_seconds=until - monotonic())
        if relaxed is not None:
            base = int(program.net[chosen].sum(dtype=np.int64))
            taken = rounded(left, relaxed, prices, aim.less(base), until)
            plan = None if taken is None else np.sort(np.concatenate([chosen, contest.open[taken]]))
            worth = None if plan is None else program.worth(plan)
            if worth is not None and (best_worth is None or worth > best_worth):
                best, best_worth = plan, worth
        is_done = best_worth is not None and best_worth >= aim.enough
        if is_done or size >= found.rest.customers or monotonic() > until:
            break
    return best
