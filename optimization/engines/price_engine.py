"""The engine `prices`, dual decomposition: a price search, then a primal repair near the prices."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from conf.micros import MICROS
from optimization.bound import Part, Prices
from optimization.engines.branching import Tree
from optimization.engines.customers import CustomerStore, InMemory
from optimization.engines.infeasibility import infeasibility_certificate
from optimization.engines.kernel import Float64s, Int64s
from optimization.engines.lagrangian import Lagrangian
from optimization.engines.oracle import open_ambiguous, reduce_within
from optimization.engines.price_search import PriceSearchResult, find_prices
from optimization.engines.relaxation import relax
from optimization.engines.repair import Target, rounded
from optimization.engines.result import EngineResult
from optimization.exact_sums import exact_sum
from optimization.presolve import restricted
from optimization.program import Program
from optimization.proof import Proof, part_above
from optimization.stopwatch import Stopwatch

REPAIR_CANDIDATES = 40_000
"""Candidates that the repair needs at most: its linear programs are fast where customers have few candidates."""
AMBIGUOUS = (500, 2_000, 8_000, 32_000)
"""Customers whose choice the repair may change, in one attempt after the other."""
BRANCHED = 20_000
"""Candidates up to which branch and bound closes what is left of the gap."""


@dataclass(frozen=True)
class Outcome:
    """The result of the price search and of the repair.

    Attributes:
        search: the prices as floats, and the undecided rest.
        prices: the prices as exact fractions, one per row.
        bound: micros; the upper bound that the prices prove.
        chosen: (k,) positions in the program of the rest, chosen beside what is fixed; None: no plan was found.
        worth: micros, the worth of the whole plan.
    """

    search: PriceSearchResult
    prices: Prices
    bound: Fraction
    chosen: Int64s | None
    worth: int | None


def solve_by_prices(program: Program, max_gap: Fraction, stopwatch: Stopwatch) -> EngineResult:
    """The plan that customers choose at the best prices, repaired for the few whom prices leave ambiguous.

    Args:
        max_gap: share by which the bound may exceed the plan.
        stopwatch: says when to stop.
    """
    store = InMemory(program)
    outcome = plan_at_prices(store, max_gap, stopwatch)
    chosen, rest = None, outcome.search.rest
    if outcome.chosen is not None and rest.decided is not None:
        chosen = np.sort(np.concatenate([rest.decided, rest.program.indices_in_problem(outcome.chosen)]))
    tree: Proof | None = None
    if len(program.net) <= BRANCHED:
        branches = Tree(program, part_above(program, outcome.prices, outcome.worth), outcome.prices, chosen, stopwatch)
        branches.search(max_gap)
        chosen, tree = branches.chosen, branches.proof()
    elif chosen is None:
        tree = infeasibility_certificate(store, stopwatch)
    return EngineResult(chosen, outcome.prices, tree, outcome.search.passes + 1)


def plan_at_prices(store: CustomerStore, max_gap: Fraction, stopwatch: Stopwatch) -> Outcome:
    """Search for prices, then for the best plan near them over more and more ambiguous customers."""
    search = find_prices(store, stopwatch)
    prices = Prices.near(store.blank, search.lagrangian.in_row_units(search.price))
    bound = store.bound(prices)
    chosen, worth = _repaired(search, prices, Target.below(bound, max_gap).minus(search.rest.worth), stopwatch)
    return Outcome(search, prices, bound, chosen, None if worth is None else worth + search.rest.worth)


def _repaired(
    search: PriceSearchResult, prices: Prices, target: Target, stopwatch: Stopwatch
) -> tuple[Int64s | None, int | None]:
    """The best plan of the rest, and its worth beside what is fixed; or none."""
    short, fixed = shortened(search.lagrangian, search.price)
    program = short.program
    target = target.minus(exact_sum(search.rest.program.net[fixed]))
    best, best_worth = None, None
    for size in AMBIGUOUS:
        opened = open_ambiguous(short, search.price, size)
        reduced = restricted(program, opened.open, opened.chosen)
        relaxed = relax(reduced, Part.whole(reduced), time_limit_seconds=stopwatch.seconds_for_a_solver())
        if relaxed is not None:
            base = exact_sum(program.net[opened.chosen])
            taken = rounded(reduced, relaxed, prices, target.minus(base), stopwatch)
            plan = None if taken is None else np.sort(np.concatenate([opened.chosen, opened.open[taken]]))
            worth = None if plan is None else program.worth(plan)
            if worth is not None and (best_worth is None or worth > best_worth):
                best, best_worth = plan, worth
        is_done = best_worth is not None and best_worth >= target.enough
        if is_done or size >= program.customers or stopwatch.is_over():
            break
    if best is None:
        return None, None
    positions = np.sort(
        np.concatenate([fixed, best if short is search.lagrangian else program.indices_in_problem(best)])
    )
    return positions, search.rest.program.worth(positions)


def shortened(lagrangian: Lagrangian, price: Float64s) -> tuple[Lagrangian, Int64s]:
    """Fix also the customers who are far from any other choice at the prices, while more candidates remain than needed.

    Returns:
        The relaxation for the others, whose program's `candidate` holds positions in the program given; and the
        positions that the fixed choose.
    """
    short, fixed = lagrangian, np.zeros(0, dtype=np.int64)
    slack = lagrangian.typical_gain
    while len(short.program.net) > REPAIR_CANDIDATES and slack * MICROS > 1:
        short, fixed = reduce_within(lagrangian, price, lagrangian.uniform_spread(slack))
        slack /= 2
    return short, fixed
