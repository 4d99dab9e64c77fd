"""The engine for any number of customers: limits get prices, customers then choose alone."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from time import monotonic

import numpy as np

from conf.micros import MICROS
from optimization.bound import Part, Prices
from optimization.engines.branching import Tree
from optimization.engines.customers import Crowd, Gathered
from optimization.engines.infeasibility import proof_of_emptiness
from optimization.engines.kernel import Float64s, Int64s
from optimization.engines.lagrangian import Market
from optimization.engines.oracle import contests, reduce_within
from optimization.engines.price_search import Found, find_prices
from optimization.engines.relaxation import relax
from optimization.engines.repair import Aim, rounded
from optimization.engines.result import Answer
from optimization.presolve import narrowed
from optimization.program import Program
from optimization.proof import Proof, part_above

FINISHED = 40_000
"""Candidates from which the finish has plenty to choose: its linear programs are quick where menus are short."""
CONTESTED = (500, 2_000, 8_000, 32_000)
"""Customers whose choice the finish may change, in one attempt after the other."""
BRANCHED = 20_000
"""Candidates up to which branch and bound closes what is left of the gap."""


@dataclass(frozen=True)
class Outcome:
    """What prices and the finish made of a crowd.

    Attributes:
        prices: of the rows.
        bound: millionths; what the prices prove that no plan exceeds.
        chosen: (k,) places of the rest's program that are chosen beside what is decided; None: no plan was found.
        worth: millionths that the whole plan is worth.
    """

    found: Found
    prices: Prices
    bound: Fraction
    chosen: Int64s | None
    worth: int | None


def solve_by_prices(program: Program, max_gap: Fraction, until: float) -> Answer:
    """The plan that customers make when each pays for what it uses, repaired for the few whom prices cannot part.

    Args:
        max_gap: share by which the bound may exceed the plan.
        until: the clock (`time.monotonic`) at which to stop.
    """
    crowd = Gathered(program)
    outcome = plan_at_prices(crowd, max_gap, until)
    chosen, rest = None, outcome.found.rest
    if outcome.chosen is not None and rest.decided is not None:
        chosen = np.sort(np.concatenate([rest.decided, rest.program.places_in_problem(outcome.chosen)]))
    tree: Proof | None = None
    if len(program.net) <= BRANCHED:
        branches = Tree(program, part_above(program, outcome.prices, outcome.worth), outcome.prices, chosen, until)
        branches.search(max_gap)
        chosen, tree = branches.chosen, branches.proof()
    elif chosen is None:
        tree = proof_of_emptiness(crowd, until)
    return Answer(chosen, outcome.prices, tree, outcome.found.passes + 1)


def plan_at_prices(crowd: Crowd, max_gap: Fraction, until: float) -> Outcome:
    """Search for prices, then for the best plan near them, over ever more contested customers."""
    found = find_prices(crowd, until)
    prices = Prices.near(crowd.blank, found.market.in_row_units(found.price))
    bound = crowd.bound(prices)
    chosen, worth = _finished(found, prices, Aim.below(bound, max_gap).less(found.rest.worth), until)
    return Outcome(found, prices, bound, chosen, None if worth is None else worth + found.rest.worth)


def _finished(found: Found, prices: Prices, aim: Aim, until: float) -> tuple[Int64s | None, int | None]:
    """The best plan of the rest, and its worth beside what is decided; or none."""
    short, sure = shortened(found.market, found.price)
    program = short.program
    aim = aim.less(int(found.rest.program.net[sure].sum(dtype=np.int64)))
    best, best_worth = None, None
    for size in CONTESTED:
        contest = contests(short, found.price, size)
        left = narrowed(program, contest.open, contest.chosen)
        relaxed = relax(left, Part.whole(left), time_limit_seconds=until - monotonic())
        if relaxed is not None:
            base = int(program.net[contest.chosen].sum(dtype=np.int64))
            taken = rounded(left, relaxed, prices, aim.less(base), until)
            plan = None if taken is None else np.sort(np.concatenate([contest.chosen, contest.open[taken]]))
            worth = None if plan is None else program.worth(plan)
            if worth is not None and (best_worth is None or worth > best_worth):
                best, best_worth = plan, worth
        is_done = best_worth is not None and best_worth >= aim.enough
        if is_done or size >= program.customers or monotonic() > until:
            break
    if best is None:
        return None, None
    places = np.sort(np.concatenate([sure, best if short is found.market else program.places_in_problem(best)]))
    return places, found.rest.program.worth(places)


def shortened(market: Market, price: Float64s) -> tuple[Market, Int64s]:
    """Decide also those who are far from any other choice at the prices, as long as many candidates are left.

    Returns:
        The market of the others, whose program's `candidate` are places of the one given, and the places decided.
    """
    short, sure = market, np.zeros(0, dtype=np.int64)
    slack = market.typical_gain
    while len(short.program.net) > FINISHED and slack * MICROS > 1:
        short, sure = reduce_within(market, price, market.widths_of(slack))
        slack /= 2
    return short, sure
