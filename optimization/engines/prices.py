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
from optimization.engines.kernel import Float64s, Int64s, Quote
from optimization.engines.looking import contests, reduce_within
from optimization.engines.market import Market
from optimization.engines.relaxation import relax
from optimization.engines.rounding import Aim, rounded
from optimization.engines.sifting import lowest
from optimization.narrowing import narrowed
from optimization.prices import Prices
from optimization.program import Program
from optimization.row import MILLION
from optimization.proof import Proof, part_above

SMALLEST_SAMPLE = 500
SMALLEST_PER_ROW = 20
SEEN_WHOLE = 50_000
GROWTH = 8
import os
SPREADS = float(os.environ.get('SPR','4.0'))
NARROWEST = 1e-6
"""Of a typical gain: where all customers are alike, samples agree on prices that the jitter alone sets apart."""
WIDENING = 4.0
"""A box whose edge is reached grows by this, then by its square, then by its cube."""
OVERFITTING = 0.003
MAX_PASSES = 20
FLOOR = 0.5
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

    A customer whose choice is the same all over the box is decided and drops out. An optimum inside the box is the
    optimum everywhere, by convexity; outside it, the look is repeated in a wider box around it.
    """
    price = np.zeros(market.rows)
    smallest = max(SMALLEST_SAMPLE, SMALLEST_PER_ROW * market.rows)
    size, widths = smallest, None
    while size * 2 < market.customers:
        before, sample = price, market.first(size)
        tolerance = OVERFITTING * market.rows / size
        price = _level(sample, price, widths if size > SEEN_WHOLE else None, tolerance, until, max_passes=1).price
        if size > smallest:
            widths = _spread(market, before, price)
        size *= GROWTH
    return _level(market, price, widths, TOLERANCE, until, max_passes=MAX_PASSES)


def _level(
    market: Market, price: Float64s, widths: Quote | None, tolerance: float, until: float, *, max_passes: int
) -> Found:
    nobody = np.zeros(0, dtype=np.int64)
    if widths is None:
        descent = lowest(market, price, market.typical_gain(), tolerance=tolerance, until=until)
        return Found(descent.best.price, market, nobody, descent.looks)
    passes = 0
    while True:
        rest, decided = reduce_within(market, price, widths)
        passes += 1
        slack = float(np.median(widths.price)) / (MILLION * 2**market.bits)
        best = lowest(rest, price, slack, tolerance=tolerance, until=until).best.price
        moves = market.moves(price, best)
        import os
        if os.environ.get('DBG'): print(market.customers, rest.customers, len(rest.menus.net), passes, (moves.price/np.maximum(widths.price,1)).max())
        is_inside = bool((moves.price <= widths.price).all() and (moves.steep <= widths.steep).all())
        if is_inside or passes == max_passes or monotonic() > until:
            return Found(best, rest, decided, passes)
        price, widths = best, _times(widths, WIDENING)


def _spread(market, before, price):
    """How far what options cost may still move, judged by how far it moved from one sample to the next."""
    moves = market.moves(before, price)
    least = NARROWEST * market.typical_gain() * MILLION * 2**market.bits
    width = np.maximum(np.maximum(moves.price, np.sqrt(np.square(moves.price.astype(np.float64)).mean())) * SPREADS / np.sqrt(GROWTH - 1), least)
    steep = np.maximum(moves.steep, (np.sqrt(np.square(moves.steep).mean()) if moves.steep.size else 0)) * SPREADS / np.sqrt(GROWTH - 1)
    return Quote(np.ceil(width).astype(np.int64), steep)


def _times(widths, k):
    return Quote((widths.price * k).astype(np.int64), widths.steep * k)


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
