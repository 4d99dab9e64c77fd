"""Presolve: programs without oversized candidates, without what is decided, or of the first customers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimization.limits import Row
from optimization.program import Program, Span


def restricted(program: Program, positions: NDArray[np.int64], decided: NDArray[np.int64]) -> Program:
    """The program over open candidates, after others have been chosen.

    Args:
        positions: the open candidates, ascending, of customers with none chosen.
        decided: the candidates that are chosen; what they use is subtracted from the bounds.

    Returns:
        A program whose `candidate` holds positions in the program given.
    """
    customer = np.searchsorted(program.start, positions, side="right") - 1
    first = np.flatnonzero(np.diff(customer, prepend=-1))
    offsets = capacity = None
    if program.household_offsets is not None and program.household_capacity is not None:
        households = np.searchsorted(program.household_offsets, customer[first], side="right") - 1
        taken = np.searchsorted(program.start, decided, side="right") - 1
        remaining = program.household_capacity - np.bincount(
            np.searchsorted(program.household_offsets, taken, side="right") - 1,
            minlength=len(program.household_capacity),
        )
        begins = np.flatnonzero(np.diff(households, prepend=-1))
        offsets, capacity = np.append(begins, len(households)).astype(np.int64), remaining[households[begins]]
    return replace(
        program,
        candidate=positions,
        start=np.append(first, len(positions)).astype(np.int64),
        customer_key=program.customer_key[customer[first]],
        household_offsets=offsets,
        household_capacity=capacity,
        net=program.net[positions],
        option=program.option[positions],
        columns={name: column[positions] for name, column in program.columns.items()},
        rows=rows_after(program.rows, program.uses(decided)),
    )


def rows_after(rows: Sequence[Row], uses: Sequence[int]) -> tuple[Row, ...]:
    """The rows after these uses: bounds less what is used."""
    return tuple(_row_after(row, use) for row, use in zip(rows, uses, strict=True))


def _row_after(row: Row, use: int) -> Row:
    return replace(
        row,
        lower=None if row.lower is None else row.lower - use,
        upper=None if row.upper is None else row.upper - use,
    )


def without_oversized(program: Program) -> Program:
    """The program without oversized candidates, which alone would exceed a maximum.

    The relaxation would choose a fraction of them. Where no coefficient of the row is negative, they are in no plan.
    """
    is_oversized = np.zeros(len(program.net), dtype=bool)
    for position, upper in rows_with_oversized(program):
        is_oversized |= program.coefficients(position) > upper
    if not is_oversized.any():
        return program
    fitting = np.flatnonzero(~is_oversized)
    return replace(
        restricted(program, fitting, np.zeros(0, dtype=np.int64)), candidate=program.indices_in_problem(fitting)
    )


def rows_with_oversized(program: Program) -> list[tuple[int, int]]:
    """The rows, with their upper bounds, that a candidate alone may exceed and whose coefficients are all >= 0."""
    rows = []
    for position, row in enumerate(program.rows):
        if row.upper is not None and row.excess_price is None:
            least, most = _span(program, position)
            if least >= 0 and most > row.upper:
                rows.append((position, row.upper))
    return rows


def _span(program: Program, position: int) -> Span:
    """Bounds on the coefficients of all candidates in a row."""
    low = program.per_option[position].astype(object)
    high = low.copy()
    for name, factors in program.factors.items():
        ends = [factors[position].astype(object) * end for end in program.spans.columns[name]]
        low, high = low + np.minimum(*ends), high + np.maximum(*ends)
    return int(low.min(initial=0)), int(high.max(initial=0))


def first_customers(program: Program, customers: int) -> Program:
    """The first customers, whole households; in the order of a keyed hash they are a random sample."""
    offsets = capacity = None
    if program.household_offsets is not None and program.household_capacity is not None:
        households = int(np.searchsorted(program.household_offsets, min(customers, program.customers)))
        customers = int(program.household_offsets[households])
        offsets, capacity = program.household_offsets[: households + 1], program.household_capacity[:households]
    start = program.start[: customers + 1]
    last = int(start[-1])
    return replace(
        program,
        candidate=None if program.candidate is None else program.candidate[:last],
        start=start,
        household_offsets=offsets,
        household_capacity=capacity,
        customer_key=program.customer_key[:customers],
        net=program.net[:last],
        option=program.option[:last],
        columns={name: column[:last] for name, column in program.columns.items()},
    )
