"""What general solvers do with the same night, through OR-Tools, which ships them all."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper as ortools
from ortools.sat.python import cp_model

from conf.micros import MICROS
from optimization.bound import Part
from optimization.engines.relaxation import model_of
from optimization.program import Program

Figures = dict[str, float | int | str | None]
NEARLY = 1e-6


def linear(solver_name: str, is_whole: bool) -> Callable[[Program, float], Figures]:
    """A peer that gets the same sparse matrix: the linear relaxation, or the integer program."""

    def run(program: Program, time_limit_seconds: float) -> Figures:
        model: Any = model_of(program, Part.whole(program))
        if is_whole:
            for variable in range(len(program.net)):
                model.set_var_integrality(variable, True)
        solver = ortools.ModelSolverHelper(solver_name)
        solver.set_time_limit_in_seconds(time_limit_seconds)
        began, worked = monotonic(), process_time()
        solver.solve(model)
        seconds: Figures = {"seconds": monotonic() - began, "CPU seconds": process_time() - worked}
        if not solver.has_solution():
            return {**seconds, "outcome": str(solver.status()).removeprefix("SolveStatus."), "value": None}
        share = np.asarray(solver.variable_values())[: len(program.net)]
        return {
            **seconds,
            "outcome": str(solver.status()).removeprefix("SolveStatus."),
            **_distance_to_plan(program, share),
        }

    return run


def cp_sat(program: Program, time_limit_seconds: float) -> Figures:
    """CP-SAT on two workers, on the whole integer program."""
    model = cp_model.CpModel()
    takes = [model.new_bool_var("") for _ in range(len(program.net))]
    for first, last in zip(program.start[:-1], program.start[1:], strict=True):
        model.add_at_most_one(takes[first:last])
    for position, row in enumerate(program.rows):
        use = cp_model.LinearExpr.weighted_sum(takes, program.coefficients(position).tolist())
        if row.lower is not None:
            model.add(use >= row.lower)
        if row.upper is not None:
            model.add(use <= row.upper)
    model.maximize(cp_model.LinearExpr.weighted_sum(takes, program.net.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.relative_gap_limit = 1e-6
    solver.parameters.max_time_in_seconds = time_limit_seconds
    began, worked = monotonic(), process_time()
    status = solver.solve(model)
    seconds: Figures = {"seconds": monotonic() - began, "CPU seconds": process_time() - worked}
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return {**seconds, "outcome": solver.status_name(status), "value": None}
    share = np.array([solver.boolean_value(take) for take in takes], dtype=np.float64)
    return {**seconds, "outcome": solver.status_name(status), **_distance_to_plan(program, share)}


def _distance_to_plan(program: Program, share: NDArray[np.float64]) -> Figures:
    """How far a solution is from a plan: fractional customers, and the worst breach of a limit."""
    fraction = np.abs(share - np.round(share))
    broken = 0.0
    for position, row in enumerate(program.rows):
        use = float(program.coefficients(position) @ share)
        for bound, sign in ((row.upper, 1.0), (row.lower, -1.0)):
            if bound is not None:
                broken = max(broken, sign * (use - bound) / max(abs(bound), 1))
    return {
        "value": float(program.net @ share) / MICROS,
        "fractional customers": int((np.maximum.reduceat(fraction, program.start[:-1]) > NEARLY).sum()),
        "worst limit broken by": broken,
    }


PEERS: dict[str, Callable[[Program, float], Figures]] = {
    "GLOP, the relaxation": linear("glop", is_whole=False),
    "PDLP, the relaxation": linear("pdlp", is_whole=False),
    "HiGHS, the relaxation": linear("highs", is_whole=False),
    "HiGHS, integer": linear("highs", is_whole=True),
    "SCIP, integer": linear("scip", is_whole=True),
    "CP-SAT, integer": cp_sat,
}
