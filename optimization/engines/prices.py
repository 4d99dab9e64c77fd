"""The engine for any number of customers on one machine: limits get prices, customers then choose alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from time import monotonic

import numpy as np

from optimization.bound import Part, weak_duality_bound
from optimization.engines.answer import Answer
from optimization.engines.boxes import holds, spread, wider
from optimization.engines.branching import Tree
from optimization.engines.emptiness import proof_of_emptiness
from optimization.engines.kernel import Float64s, Int64s, Quote
from optimization.engines.looking import contests, reduce_within
from optimization.engines.market import Market
from optimization.engines.relaxation import relax
from optimization.engines.rounding import Aim, rounded
from optimization.engines.sifting import lowest, sift
from optimization.narrowing import narrowed
from optimization.prices import Prices
from optimization.program import Program
from optimization.proof import Proof, part_above
from optimization.row import MILLION

SMALLEST_SAMPLE = 500
SMALLEST_PER_ROW = 20
"""Customers for each limit in the smallest sample: fewer make prices of accidents."""
GROWTH = 8
SMALLEST_BOXED = 50_000
"""Customers up to whom looking at all is as quick as deciding most of them first."""
OVERFITTING = 0.003
"""Times limits over customers: the share by which a sample's best prices beat good prices by accident alone."""
TOLERANCE = 1e-9
MAX_PASSES = 20
LEASH = 100.0
"""Times a typical width (in samples, a typical gain), beyond which prices do not go before the next look at all."""
FINISHED = 40_000
"""Candidates from which the finish has plenty to choose: its linear programs are quick where menus are short."""
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

    A customer whose choice is the same all over the box is decided and drops out. What is left understates what
    customers gain and is exact in the box: its optimum inside the box is the optimum everywhere; where it lies
    outside, the look is repeated in a wider box.
    """
    price, widths = np.zeros(market.rows), None
    size = smallest = max(SMALLEST_SAMPLE, SMALLEST_PER_ROW * market.rows)
    while size * 2 < market.customers:
        before, sample = price, _leashed(market.first(size), np.zeros(market.rows), LEASH * market.typical_gain())
        tolerance = OVERFITTING * market.rows / size
        price = _level(sample, price, widths, tolerance, until, max_passes=1).price
        widths = spread(market, before, price) if size > smallest else None
        size *= GROWTH
    return _finishable(_level(market, price, widths, TOLERANCE, until, max_passes=MAX_PASSES))


def _level(
    market: Market, price: Float64s, widths: Quote | None, tolerance: float, until: float, *, max_passes: int
) -> Found:
    if widths is None or market.customers <= SMALLEST_BOXED:
        descent = lowest(market, price, market.typical_gain(), tolerance=tolerance, until=until)
        return Found(descent.best.price, market, np.zeros(0, dtype=np.int64), descent.looks)
    passes = 0
    while passes < max_passes:
        passes += 1
        rest, decided = reduce_within(market, price, widths)
        slack = float(np.median(widths.price)) / (MILLION * 2**market.bits)
        descent = sift(_leashed(rest, price, LEASH * slack), price, slack, tolerance=tolerance, until=until)
        moves = market.moves(price, descent.best.price)
        if holds(widths, moves) or monotonic() > until:
            break
        widths, price = wider(widths, moves), descent.best.price if descent.reached else price
    if not descent.reached:
        descent = lowest(rest, descent.best.price, slack, tolerance=tolerance, until=until)
    return Found(descent.best.price, rest, decided, passes)


def _leashed(market: Market, price: Float64s, far: float) -> Market:
    """The market at prices near these: where the wrong customers are decided, they would rise without end."""
    return replace(
        market, cheapest=np.maximum(market.cheapest, price - far), dearest=np.minimum(market.dearest, price + far)
    )


def _finishable(found: Found) -> Found:
    """Decide also those who at the prices are far from any other choice, as long as many are left."""
    rest, decided = found.rest, found.decided
    slack = rest.typical_gain()
    while len(rest.menus.net) > FINISHED and slack * MILLION > 1:
        rest, sure = reduce_within(found.rest, found.price, found.rest.widths_of(slack))
        decided = np.sort(np.concatenate([found.decided, sure if found.rest.place is None else found.rest.place[sure]]))
        slack /= 2
    return replace(found, rest=rest, decided=decided)


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
