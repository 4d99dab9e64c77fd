"""Proofs of the bound: prices, and a tree of branches with prices, which are checked without the solver."""

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
    """Prices that bound a part of all plans, or prove that it holds none (`is_infeasible`)."""

    prices: Prices
    is_infeasible: bool = False


@dataclass(frozen=True)
class Split:
    """A part in two: plans that choose the candidate, and plans that do not."""

    candidate: int
    chosen: Leaf | Split
    left_out: Leaf | Split


Proof = Leaf | Split


def proven_bound(program: Program, root: Prices, tree: Proof | None, worth: int | None) -> int | None:
    """The bound in micros that the proof gives beside a plan of this worth; None: no plan exists.

    A candidate whose regret at the root's prices exceeds (bound - worth) is in no better plan (reduced-cost fixing), so
    the tree only needs to cover the others.
    """
    bound = _rounded_down(program, weak_duality_bound(program, root))
    if tree is None:
        return bound
    part = part_above(program, root, worth)
    below = _bound_of(program, tree, part)
    bounds = [amount for amount in (worth, below) if amount is not None]
    return min(bound, max(bounds)) if bounds else None


def part_above(program: Program, root: Prices, worth: int | None) -> Part:
    """The part of all plans that can be worth more than the incumbent; all of them where there is none."""
    part = Part.whole(program)
    if worth is None or not len(program.net):
        return part
    slack = weak_duality_bound(program, root) - worth
    margins = Margins.at(program, root)
    margin = margins.of()
    if program.household_offsets is None:
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
    if program.household_offsets is not None and program.household_capacity is not None:
        household = int(np.searchsorted(program.household_offsets, customer, side="right")) - 1
        members = slice(
            program.start[program.household_offsets[household]], program.start[program.household_offsets[household + 1]]
        )
        if int(forced[members].sum()) >= program.household_capacity[household]:
            alive[members] &= forced[members]
    return Part(alive, forced), Part(without, part.is_forced)


def _bound_of(program: Program, tree: Proof, part: Part) -> int | None:
    """The largest bound over the leaves; None where every leaf is proven infeasible."""
    if isinstance(tree, Leaf):
        is_infeasible = tree.is_infeasible and weak_duality_bound(program, tree.prices, part, counts_value=False) < 0
        return None if is_infeasible else _rounded_down(program, weak_duality_bound(program, tree.prices, part))
    chosen, left_out = split(program, part, tree.candidate)
    bounds = [_bound_of(program, tree.chosen, chosen), _bound_of(program, tree.left_out, left_out)]
    return max((bound for bound in bounds if bound is not None), default=None)


def _rounded_down(program: Program, bound: Fraction) -> int:
    """The bound, rounded down to a multiple of the objective granularity."""
    granularity = program.objective_granularity()
    return floor(bound / granularity) * granularity


def stated_proof(problem: Problem, program: Program, prices: Prices, tree: Proof | None) -> dict[str, Any]:
    """The proof of the bound as plain data, in exact fractions.

    Returns:
        `prices`: limit, bound (`min` or `max`) and the price of that bound in micros of the currency per unit of
        the limit (of a ratio: per unit of its numerator), without those that are 0.
        `tree`: nodes, the first of which is the root. A node either is a branch: `split` (customer, offer and channel
        of a candidate) with the positions of the nodes for plans that choose it (`chosen`) and that do not
        (`left_out`); or it is a leaf: `prices`, and whether they prove that no such plan exists (`is_empty`). No nodes:
        the prices alone give the bound.
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
    """Append the nodes of the tree, parents first; returns the position of its root."""
    position = len(nodes)
    if isinstance(tree, Leaf):
        nodes.append({"prices": _stated(program, tree.prices), "is_empty": tree.is_infeasible})
        return position
    candidate = int(tree.candidate if program.candidate is None else program.candidate[tree.candidate])
    node: dict[str, Any] = {"split": _ids(problem, candidate)}
    nodes.append(node)
    node["chosen"] = _add(nodes, problem, program, tree.chosen)
    node["left_out"] = _add(nodes, problem, program, tree.left_out)
    return position


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
