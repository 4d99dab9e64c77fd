"""The linear relaxation of a part of all plans, through GLOP."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper as glop

from optimization.bound import Part
from optimization.program import Program
from optimization.row import MILLION, Row


@dataclass(frozen=True)
class Relaxed:
    """An optimal vertex of the relaxation, as far as floating point can tell.

    Attributes:
        share: (n,) the share of each candidate that is chosen, 0..1.
        price: (rows,) millionths of the currency per row unit.
    """

    share: NDArray[np.float64]
    price: NDArray[np.float64]


def relax(program: Program, part: Part, *, time_limit_seconds: float) -> Relaxed | None:
    """Solve the relaxation of a part; None where GLOP finds no solution (in time).

    Columns are the candidates that are alive, then what soft rows miss; rows are customers, households, limits.
    Money is counted in units of the currency and each limit in its own unit, so that numbers stay near 1.
    """
    alive = np.flatnonzero(part.is_alive)
    soft, soft_cost = _soft_columns(program)
    people, people_bound = _people_rows(program, alive)
    unit = np.array([row.unit for row in program.rows], dtype=np.float64)
    lower = np.array([-np.inf if row.lower is None else row.lower / row.unit for row in program.rows])
    upper = np.array([np.inf if row.upper is None else row.upper / row.unit for row in program.rows])
    limits = sp.hstack([_limit_rows(program, alive, unit), soft], format="csr")
    blank = sp.csr_matrix((people.shape[0], soft.shape[1]))
    model: Any = glop.ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        np.concatenate([part.is_forced[alive].astype(np.float64), np.zeros(len(soft_cost))]),
        np.full(len(alive) + len(soft_cost), np.inf),
        np.concatenate([program.net[alive] / MILLION, -soft_cost]),
        np.concatenate([np.full(len(people_bound), -np.inf), lower]),
        np.concatenate([people_bound, upper]),
        sp.vstack([sp.hstack([people, blank]), limits], format="csr"),
    )
    model.set_maximize(True)
    solver = glop.ModelSolverHelper("glop")
    solver.set_time_limit_in_seconds(max(time_limit_seconds, 0.01))
    solver.solve(model)
    if solver.status() != glop.SolveStatus.OPTIMAL:
        return None
    share = np.zeros(len(program.net))
    share[alive] = np.asarray(solver.variable_values())[: len(alive)]
    price = np.asarray(solver.dual_values())[len(people_bound) :] * MILLION / unit
    return Relaxed(share, price)


def softened(program: Program) -> Program:
    """The program whose worth is minus the total change of bounds, each in its limit's unit, that a plan needs.

    Its best worth is 0 exactly when the program has a plan; rows that are soft already never stand in the way.
    """
    rows = tuple(_softened(row) for row in program.rows)
    return replace(program, net=np.zeros_like(program.net), rows=rows)


def _softened(row: Row) -> Row:
    price = Fraction(MILLION, row.unit)
    if row.shortfall_price is not None:
        row = replace(row, lower=None, shortfall_price=None)
    return replace(
        row,
        shortfall_price=None if row.lower is None else price,
        excess_price=None if row.upper is None else price,
    )


def _limit_rows(program: Program, alive: NDArray[np.int64], unit: NDArray[np.float64]) -> sp.csr_matrix:
    blocks = (sp.csr_matrix(program.coefficients(place, alive) / unit[place]) for place in range(len(program.rows)))
    return sp.vstack([sp.csr_matrix((0, len(alive))), *blocks], format="csr")


def _soft_columns(program: Program) -> tuple[sp.csr_matrix, NDArray[np.float64]]:
    """One column per soft bound: it adds to the row what is missing, or takes off what is too much."""
    places, signs, costs = [], [], []
    for place, row in enumerate(program.rows):
        for sign, price in ((1.0, row.shortfall_price), (-1.0, row.excess_price)):
            if price is not None:
                places.append(place)
                signs.append(sign)
                costs.append(float(price * row.unit / MILLION))
    shape = (len(program.rows), len(places))
    return sp.csr_matrix((signs, (places, np.arange(len(places)))), shape=shape), np.array(costs)


def _people_rows(program: Program, alive: NDArray[np.int64]) -> tuple[sp.csr_matrix, NDArray[np.float64]]:
    """At most one candidate a customer, at most so many a household."""
    customer = program.customer_of()[alive]
    row = np.unique(customer, return_inverse=True)[1] if len(alive) else customer
    customers = int(row.max(initial=-1)) + 1
    columns = np.arange(len(alive))
    bound = np.ones(customers)
    home = program.home_of()
    if home is not None and program.slots is not None:
        homes, row_of_home = np.unique(home[customer], return_inverse=True)
        row = np.concatenate([row, customers + row_of_home])
        columns = np.concatenate([columns, columns])
        bound = np.concatenate([bound, program.slots[homes]])
    return sp.csr_matrix((np.ones(len(row)), (row, columns)), shape=(len(bound), len(alive))), bound
