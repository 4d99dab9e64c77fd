"""The proof of a bound as plain data: it names limits and candidates, so that it can be checked far from the search."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from optimization.prices import Prices
from optimization.problem import Problem
from optimization.program import Program
from optimization.proof import Leaf, Proof


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
