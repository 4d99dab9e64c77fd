"""Nights of any size whose limits all bind together, as the integer program that the engines read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conf.micros import MICROS
from optimization.limits import Row
from optimization.program import Program, Spans

OPTIONS = 80
SHARE_ELIGIBLE = 0.62
CHUNK = 100_000

CandidateArrays = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8], NDArray[np.int64] | None]
"""Where each customer's candidates begin; their net value, option and, if it differs within options, cost."""


def night(customers: int, *, limits: int = 20, seed: int, costs_differ: bool = False) -> Program:
    """Customers × 80 options (20 offers in 4 channels, 62 % eligible): a budget, capacities, maxima and minima.

    Each limit gets a price from the seed and the bound that customers just reach at these prices: so all limits bind.

    Args:
        costs_differ: the cost is drawn per candidate and not per option.
    """
    pick = np.random.default_rng(seed)
    cost = (
        np.rint((pick.uniform(0, 2, OPTIONS // 4).repeat(4) + np.tile([0.02, 0.06, 0.9, 4.0], OPTIONS // 4)) * 1e4)
        * 100
    )
    quality = pick.gamma(3, 1.2, OPTIONS // 4).repeat(4) * np.tile([0.6, 0.8, 1.2, 2.2], OPTIONS // 4)
    is_counted = np.vstack([_everything(), _channels(), _random_groups(pick, limits - 5)])
    price = np.concatenate([[0.6], [0.3, 0.2, 0.8, 1.5], pick.uniform(-1.0, 1.5, limits - 5)])
    candidates = _candidate_arrays(customers, pick, quality, cost, costs_differ)
    start, net, option, own_cost = candidates
    table = is_counted.astype(np.int64)
    table[0] = 0 if costs_differ else cost.astype(np.int64)
    uses = _uses_at(price, table, candidates)
    rows = tuple(_row(position, int(use), price[position] > 0) for position, use in enumerate(uses))
    factors = (
        {"cost": np.vstack([_everything(), np.zeros((limits - 1, OPTIONS))]).astype(np.int64)} if costs_differ else {}
    )
    columns = {} if own_cost is None else {"cost": own_cost}
    keys = np.random.default_rng([seed, 1])
    return Program(
        candidate=None,
        start=start,
        household_offsets=None,
        household_capacity=None,
        customer_key=keys.integers(0, 2**64, customers, dtype=np.uint64),
        net=net,
        option=option,
        columns=columns,
        rows=rows,
        option_key=keys.integers(0, 2**64, OPTIONS, dtype=np.uint64),
        spans=Spans.of(net, columns),
        per_option=table,
        factors=factors,
    )


def _everything() -> NDArray[np.float64]:
    return np.ones((1, OPTIONS))


def _channels() -> NDArray[np.float64]:
    return np.tile(np.eye(4), OPTIONS // 4)


def _random_groups(pick: np.random.Generator, limits: int) -> NDArray[np.float64]:
    """Each limit counts a tenth of the options or so, at least one."""
    is_counted = pick.random((limits, OPTIONS)) < 0.1
    is_counted[np.arange(limits), pick.integers(0, OPTIONS, limits)] = True
    return is_counted.astype(np.float64)


def _row(position: int, use: int, is_maximum: bool) -> Row:
    if position == 0:
        return Row("budget", {"cost": 1}, None, use, MICROS)
    return Row(f"limit{position}", {"contacts": 1}, None if is_maximum else use, use if is_maximum else None, 1)


def _candidate_arrays(
    customers: int,
    pick: np.random.Generator,
    quality: NDArray[np.float64],
    cost: NDArray[np.float64],
    costs_differ: bool,
) -> CandidateArrays:
    """The candidates, in arrays that are allocated once: a large night needs little more than its own size."""
    start = np.zeros(customers + 1, dtype=np.int64)
    capacity = int(customers * OPTIONS * (SHARE_ELIGIBLE + 0.01)) + 1_000
    net, option = np.empty(capacity, dtype=np.int32), np.empty(capacity, dtype=np.uint8)
    own_cost = np.empty(capacity, dtype=np.int64) if costs_differ else None
    for first in range(0, customers, CHUNK):
        count = min(CHUNK, customers - first)
        taste = pick.gamma(2, 0.5, (count, 1)).astype(np.float32) * pick.gamma(1.5, 0.7, (count, OPTIONS)).astype(
            np.float32
        )
        is_eligible = pick.random((count, OPTIONS), dtype=np.float32) < SHARE_ELIGIBLE
        is_eligible[:, 0] = True
        costs = np.broadcast_to(cost, (count, OPTIONS))
        if own_cost is not None:
            costs = np.rint(costs * pick.uniform(0.5, 1.5, (count, OPTIONS)))
        amount = np.rint(taste * quality.astype(np.float32) * np.float32(MICROS)).astype(np.int64) - costs.astype(
            np.int64
        )
        start[first + 1 : first + count + 1] = start[first] + np.cumsum(is_eligible.sum(axis=1))
        here = slice(int(start[first]), int(start[first + count]))
        net[here] = np.minimum(amount[is_eligible], 2**31 - 1)
        option[here] = np.broadcast_to(np.arange(OPTIONS, dtype=np.uint8), (count, OPTIONS))[is_eligible]
        if own_cost is not None:
            own_cost[here] = costs[is_eligible]
    last = int(start[-1])
    return start, net[:last], option[:last], None if own_cost is None else own_cost[:last]


def _uses_at(price: NDArray[np.float64], table: NDArray[np.int64], candidates: CandidateArrays) -> NDArray[np.int64]:
    """(limits,) what customers use who choose alone at the prices."""
    start, net, option, own_cost = candidates
    unit = np.concatenate([[1.0], np.full(len(price) - 1, float(MICROS))])
    per_option = ((price * unit)[:, None] * table).sum(axis=0)
    uses = np.zeros(len(price), dtype=np.int64)
    customers = len(start) - 1
    for first in range(0, customers, CHUNK):
        begins = start[first : min(first + CHUNK, customers) + 1]
        here = slice(int(begins[0]), int(begins[-1]))
        margin = net[here] - per_option[option[here]]
        if own_cost is not None:
            margin -= price[0] * own_cost[here]
        best = np.maximum.reduceat(margin, begins[:-1] - begins[0])
        is_best = (margin == best.repeat(np.diff(begins))) & (margin > 0)
        uses += (table * np.bincount(option[here][is_best], minlength=OPTIONS)).sum(axis=1)
        if own_cost is not None:
            uses[0] += int(own_cost[here][is_best].sum())
    return uses
