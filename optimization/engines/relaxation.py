"""The linear relaxation of a part of all plans, through GLOP, and the elastic program that measures infeasibility."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, cast

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper as glop

from conf.micros import MICROS
from optimization.bound import Part
from optimization.limits import Row
from optimization.program import Program

Entries = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
"""A sparse matrix: row, column and amount of each entry that is not 0."""


@dataclass(frozen=True)
class Relaxed:
    """An optimal vertex of the relaxation, as far as floating point can show.

    Attributes:
        share: (n,) the share of each candidate that is chosen, 0..1.
        price: (rows,) micros of the currency per row unit.
    """

    share: NDArray[np.float64]
    price: NDArray[np.float64]


def relax(program: Program, part: Part, *, time_limit_seconds: float) -> Relaxed | None:
    """Solve the relaxation of a part; None where GLOP finds no solution (in time)."""
    alive = np.flatnonzero(part.is_alive)
    solver = glop.ModelSolverHelper("glop")
    solver.set_time_limit_in_seconds(time_limit_seconds)
    solver.solve(model_of(program, part))
    if solver.status() != glop.SolveStatus.OPTIMAL:
        return None
    share = np.zeros(len(program.net))
    share[alive] = np.asarray(solver.variable_values())[: len(alive)]
    unit = np.array([row.unit for row in program.rows], dtype=np.float64)
    duals = np.asarray(solver.dual_values())
    return Relaxed(share, duals[len(duals) - len(unit) :] * MICROS / unit)


def model_of(program: Program, part: Part) -> glop.ModelBuilderHelper:
    """The relaxation of a part as an OR-Tools model.

    Columns are the candidates that are alive, then what soft rows miss. Rows are customers, households, limits.
    Money is counted in units of the currency and each limit in its own unit, so that numbers stay near 1.
    """
    alive = np.flatnonzero(part.is_alive)
    customer_entries, customer_bound = _customer_rows(program, alive)
    soft, soft_cost = _soft(program, len(alive))
    lower = np.array([-np.inf if row.lower is None else row.lower / row.unit for row in program.rows])
    upper = np.array([np.inf if row.upper is None else row.upper / row.unit for row in program.rows])
    limits = _joined([*(_limit(program, position, alive) for position in range(len(program.rows))), soft])
    rows, columns, amounts = _joined([customer_entries, (limits[0] + len(customer_bound), limits[1], limits[2])])
    shape = (len(customer_bound) + len(program.rows), len(alive) + len(soft_cost))
    model: Any = glop.ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        np.concatenate([part.is_forced[alive].astype(np.float64), np.zeros(len(soft_cost))]),
        np.full(len(alive) + len(soft_cost), np.inf),
        np.concatenate([program.net[alive] / MICROS, -soft_cost]),
        np.concatenate([np.full(len(customer_bound), -np.inf), lower]),
        np.concatenate([customer_bound, upper]),
        sp.csr_matrix((amounts, (rows, columns)), shape=shape),
    )
    model.set_maximize(True)
    return cast(glop.ModelBuilderHelper, model)


def softened(program: Program, names: Sequence[str] | None = None) -> Program:
    """The elastic program: its worth is minus the total change of bounds, each in its limit's unit, that a plan needs.

    Its best worth is 0 exactly when the program has a plan. Soft minima are dropped: they exclude no plan.

    Args:
        names: the limits whose bounds may change; None: all may.
    """
    rows = tuple(_softened(row, is_free=names is None or row.limit in names) for row in program.rows)
    return replace(program, net=np.zeros_like(program.net), spans=replace(program.spans, net=(0, 0)), rows=rows)


def _softened(row: Row, *, is_free: bool) -> Row:
    price = Fraction(MICROS, row.unit)
    if row.shortfall_price is not None:
        row = replace(row, lower=None, shortfall_price=None)
    if not is_free:
        return row
    return replace(
        row,
        shortfall_price=None if row.lower is None else price,
        excess_price=None if row.upper is None else price,
    )


def _limit(program: Program, position: int, alive: NDArray[np.int64]) -> Entries:
    coefficients = program.coefficients(position, alive)
    columns = np.flatnonzero(coefficients)
    return np.full(len(columns), position), columns, coefficients[columns] / program.rows[position].unit


def _soft(program: Program, first: int) -> tuple[Entries, NDArray[np.float64]]:
    """One column per soft bound: it adds to the row what is missing, or subtracts the excess."""
    positions, signs, costs = [], [], []
    for position, row in enumerate(program.rows):
        for sign, price in ((1.0, row.shortfall_price), (-1.0, row.excess_price)):
            if price is not None:
                positions.append(position)
                signs.append(sign)
                costs.append(float(price * row.unit / MICROS))
    columns = first + np.arange(len(positions))
    return (np.array(positions, dtype=np.int64), columns, np.array(signs, dtype=np.float64)), np.array(costs)


def _customer_rows(program: Program, alive: NDArray[np.int64]) -> tuple[Entries, NDArray[np.float64]]:
    """At most one candidate a customer, at most the capacity of each household."""
    customer = np.searchsorted(program.start, alive, side="right") - 1
    customers, row = np.unique(customer, return_inverse=True)
    columns = np.arange(len(alive))
    bound = np.ones(len(customers))
    household = program.household_of()
    if household is not None and program.household_capacity is not None:
        households, row_of_household = np.unique(household[customer], return_inverse=True)
        row = np.concatenate([row, len(customers) + row_of_household])
        columns = np.concatenate([columns, columns])
        bound = np.concatenate([bound, program.household_capacity[households]])
    return (row, columns, np.ones(len(row))), bound


def _joined(parts: Sequence[Entries]) -> Entries:
    rows, columns, amounts = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return rows, columns, amounts
