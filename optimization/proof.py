"""A proof that no plan is worth more than a bound, which can be checked without the solver that found it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from optimization.bound import Margins, Part, Prices, weak_duality_bound
from optimization.problem import Problem
from optimization.program import Program


@dataclass(frozen=True)
class Leaf:
    """Prices that bound a part of all plans, or show that it holds none (`is_empty`)."""

    prices: Prices
    is_empty: bool = False


@dataclass(frozen=True)
class Split:
    """A part in two: plans that choose the candidate, and plans that do not."""

    candidate: int
    chosen: Leaf | Split
    left_out: Leaf | Split


Proof = Leaf | Split


def proven_bound(program: Program, root: Prices, tree: Proof | None, worth: int | None) -> int | None:
    """The bound in millionths that the proof gives beside a plan of this worth; None: no plan exists.

    A candidate whose regret at the root's prices exceeds (bound - worth) is in no better plan, so the tree,
    if there is one, need only speak of the others.
    """
    bound = _whole(program, weak_duality_bound(program, root))
    if tree is None:
        return bound
    part = part_above(program, root, worth)
    below = _bound_of(program, tree, part)
    known = [found for found in (worth, below) if found is not None]
    return min(bound, max(known)) if known else None


def part_above(program: Program, root: Prices, worth: int | None) -> Part:
    """The part of all plans that can be worth more than a plan in hand; all of them where there is none."""
    part = Part.whole(program)
    if worth is None or not len(program.net):
        return part
    slack = weak_duality_bound(program, root) - worth
    margins = Margins.at(program, root)
    margin = margins.of()
    if program.home is None:
        best = np.maximum(np.maximum.reduceat(margin, program.start[:-1]), 0)
        regret = best[program.customer_of()] - margin
    else:
        regret = np.maximum(-margin, 0)
    return Part(regret < floor(slack * 2**margins.bits) + 1, part.is_forced)


def split(program: Program, part: Part, candidate: int) -> tuple[Part, Part]:
    """The plans of a part that choose the candidate, and those that do not."""
    without = part.is_alive.copy()
    without[candidate] = False
    customer = int(np.searchsorted(program.start, candidate, side="right")) - 1
    alive, forced = part.is_alive.copy(), part.is_forced.copy()
    alive[program.start[customer] : program.start[customer + 1]] = False
    alive[candidate] = forced[candidate] = True
    if program.home is not None and program.slots is not None:
        home = int(np.searchsorted(program.home, customer, side="right")) - 1
        members = slice(program.start[program.home[home]], program.start[program.home[home + 1]])
        if int(forced[members].sum()) >= program.slots[home]:
            alive[members] &= forced[members]
    return Part(alive, forced), Part(without, part.is_forced)


def _bound_of(program: Program, tree: Proof, part: Part) -> int | None:
    """The largest bound over the leaves; None where every leaf is shown to be empty."""
    if isinstance(tree, Leaf):
        is_empty = tree.is_empty and weak_duality_bound(program, tree.prices, part, counts_value=False) < 0
        return None if is_empty else _whole(program, weak_duality_bound(program, tree.prices, part))
    chosen, left_out = split(program, part, tree.candidate)
    bounds = [_bound_of(program, tree.chosen, chosen), _bound_of(program, tree.left_out, left_out)]
    return max((bound for bound in bounds if bound is not None), default=None)


def _whole(program: Program, bound: Fraction) -> int:
    """Rounded down to what the worth of a plan can be."""
    grain = program.grain()
    return floor(bound / grain) * grain


def stated_proof(problem: Problem, program: Program, prices: Prices, tree: Proof | None) -> dict[str, Any]:
    """What proves the bound, in exact fractions.

    Returns:
        `prices`: limit, bound (`min` or `max`) and the price of that bound in millionths of the currency per unit of
        the limit (of a ratio: per unit of its upper sum), without those that are 0.
        `tree`: nodes, the first of which is the root; a node is either `split` (customer, offer and channel of a
        candidate) with the places of the nodes for plans that choose it (`chosen`) and that do not (`left_out`), or it
        has `prices` of its own and says whether they show that no such plan exists (`is_empty`). No nodes: the prices
        alone give the bound.
    """
    nodes: list[dict[str, Any]] = []
    if tree is not None:
        _add(nodes, problem, program, tree)
    return {
        "max_per_household": problem.max_per_household,
        "prices": _stated(program, prices),
        "tree": nodes,
    }


def _add(nodes: list[dict[str, Any]], problem: Problem, program: Program, tree: Proof) -> int:
    """Append the tree's nodes, a node before those below it; returns the place of its root."""
    place = len(nodes)
    if isinstance(tree, Leaf):
        nodes.append({"prices": _stated(program, tree.prices), "is_empty": tree.is_empty})
        return place
    candidate = int(tree.candidate if program.candidate is None else program.candidate[tree.candidate])
    node: dict[str, Any] = {"split": _ids(problem, candidate)}
    nodes.append(node)
    node["chosen"] = _add(nodes, problem, program, tree.chosen)
    node["left_out"] = _add(nodes, problem, program, tree.left_out)
    return place


def _ids(problem: Problem, candidate: int) -> list[str]:
    return [
        str(problem.customer_ids[problem.customer[candidate]]),
        str(problem.offer_ids[problem.offer[candidate]]),
        str(problem.channel_ids[problem.channel[candidate]]),
    ]


def _stated(program: Program, prices: Prices) -> list[dict[str, str]]:
    return [
        {
            "limit": row.limit,
            "bound": "max" if numerator > 0 else "min",
            "price": str(abs(Fraction(numerator * row.unit, 2**prices.bits))),
        }
        for row, numerator in zip(program.rows, prices.numerators, strict=True)
        if numerator
    ]
