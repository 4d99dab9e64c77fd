"""What limits charge each candidate, at the prices that prove the plan's bound."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pyarrow as pa

from conf.limit import Limit
from optimization import Problem
from optimization.compilation import compile_program
from optimization.limits import Row


def charges(candidates: pa.Table, limits: Sequence[Limit], proof: Mapping[str, Any]) -> list[dict[str, Fraction]]:
    """For each candidate: limit -> micros of the currency, without those that charge nothing.

    A maximum charges for what a candidate uses of it; a minimum pays for what a candidate gives it (below zero).
    Net value less charges is the candidate's surplus: at the best plan a customer gets the candidate of its largest
    surplus, or none where no surplus is above zero, but for the few whom whole contacts leave over.

    Args:
        candidates: some of a night's candidates, of whole customers.
        limits: those in force.
        proof: of the night's plan, as `optimization.proof` says.
    """
    if not candidates.num_rows:
        return []
    program = compile_program(Problem.from_table(candidates), limits)
    per_unit = {(price["limit"], price["bound"]): Fraction(price["price"]) for price in proof["prices"]}
    by_candidate: list[dict[str, Fraction]] = [{} for _ in range(candidates.num_rows)]
    positions = program.candidate if program.candidate is not None else range(candidates.num_rows)
    for number, row in enumerate(program.rows):
        price = _price(row, per_unit)
        for position, counted in zip(positions, program.coefficients(number).tolist(), strict=True):
            if price * counted:
                charged = by_candidate[int(position)].get(row.limit, Fraction(0)) + price * counted
                by_candidate[int(position)][row.limit] = charged
    return by_candidate


def _price(row: Row, per_unit: Mapping[tuple[str, str], Fraction]) -> Fraction:
    """Micros per row unit; below zero for what a minimum pays."""
    most = per_unit.get((row.limit, "max"), Fraction(0)) if row.upper is not None else Fraction(0)
    least = per_unit.get((row.limit, "min"), Fraction(0)) if row.lower is not None else Fraction(0)
    return (most - least) / row.unit
