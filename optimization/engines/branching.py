"""Branch and bound with exact bounds, for the gap that the prices of the root leave open."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from conf.micros import MICROS
from optimization.bound import Part, Prices, weak_duality_bound
from optimization.engines.relaxation import Relaxed, relax, softened
from optimization.program import Program
from optimization.proof import Leaf, Proof, Split, split
from optimization.stopwatch import Stopwatch

NEARLY = 1e-6


@dataclass
class _Node:
    """A part of all plans, its bound in micros (None: it holds no plan), and how it was split."""

    part: Part
    leaf: Leaf
    bound: Fraction | None
    branch: int | None = None
    children: tuple[_Node, _Node] | None = None


class Tree:
    """The search: best bound first, until no open node can beat the incumbent by more than the gap."""

    def __init__(
        self, program: Program, part: Part, root: Prices, chosen: NDArray[np.int64] | None, stopwatch: Stopwatch
    ) -> None:
        self.program, self.stopwatch = program, stopwatch
        self.chosen = chosen
        self.worth = None if chosen is None else program.worth(chosen)
        self.passes = 0
        self._soft = softened(program)
        self._granularity = program.objective_granularity()
        self._root = _Node(part, Leaf(root), weak_duality_bound(program, root, part))

    def search(self, max_gap: Fraction) -> None:
        """Split parts until the gap is closed or the time is up."""
        heap: list[tuple[Fraction, int, _Node]] = []
        self._open(heap, self._root)
        while heap and not self.stopwatch.is_over():
            bound, _, node = heappop(heap)
            if self._is_closed(-bound, max_gap):
                return
            candidate = self._explore(node)
            if node.bound is None or candidate is None:
                continue
            node.branch = candidate
            first, second = (_Node(part, node.leaf, node.bound) for part in split(self.program, node.part, candidate))
            node.children = (first, second)
            self._open(heap, first)
            self._open(heap, second)

    def proof(self) -> Proof:
        """The tree as a proof."""
        return _proof(self._root)

    def _open(self, heap: list[tuple[Fraction, int, _Node]], node: _Node) -> None:
        if node.bound is not None:
            self._count = getattr(self, "_count", 0) + 1
            heappush(heap, (-node.bound, self._count, node))

    def _is_closed(self, bound: Fraction, max_gap: Fraction) -> bool:
        if self.worth is None:
            return False
        rounded = bound // self._granularity * self._granularity
        return rounded - self.worth <= max_gap * max(abs(rounded), MICROS)

    def _explore(self, node: _Node) -> int | None:
        """Bound the node by its own relaxation; returns the candidate to split on, None where it is solved."""
        self.passes += 1
        relaxed = relax(self.program, node.part, time_limit_seconds=self.stopwatch.seconds_for_a_solver())
        if relaxed is None:
            if self._is_infeasible(node):
                node.bound = None
                return None
            return _undecided_candidate(node.part, np.zeros(len(self.program.net)))
        prices = Prices.near(self.program, relaxed.price)
        bound = weak_duality_bound(self.program, prices, node.part)
        if node.bound is None or bound < node.bound:
            node.leaf, node.bound = Leaf(prices), bound
        is_plan = self._take(relaxed)
        fractional = np.abs(relaxed.share - np.round(relaxed.share))
        if fractional.max(initial=0) > NEARLY:
            return int(fractional.argmax())
        return None if is_plan else _undecided_candidate(node.part, relaxed.share)

    def _is_infeasible(self, node: _Node) -> bool:
        relaxed = relax(self._soft, node.part, time_limit_seconds=self.stopwatch.seconds_for_a_solver())
        if relaxed is None:
            return False
        prices = Prices.near(self.program, relaxed.price)
        node.leaf = Leaf(
            prices, is_infeasible=weak_duality_bound(self.program, prices, node.part, counts_value=False) < 0
        )
        return node.leaf.is_infeasible

    def _take(self, relaxed: Relaxed) -> bool:
        """Keep the rounded solution as incumbent if it is the best plan so far; returns whether it is a plan."""
        chosen = np.flatnonzero(relaxed.share > 1 - NEARLY)
        worth = self.program.worth(chosen)
        if worth is not None and (self.worth is None or worth > self.worth):
            self.chosen, self.worth = chosen, worth
        return worth is not None


def _undecided_candidate(part: Part, share: NDArray[np.float64]) -> int | None:
    """A candidate that is neither forced nor excluded, those that the relaxation chooses first."""
    free = part.is_alive & ~part.is_forced
    return int(np.argmax(np.where(free, 1 + share, 0))) if free.any() else None


def _proof(node: _Node) -> Proof:
    if node.children is None or node.branch is None:
        return node.leaf
    return Split(node.branch, _proof(node.children[0]), _proof(node.children[1]))
