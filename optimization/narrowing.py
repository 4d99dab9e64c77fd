"""A program with most of it decided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimization.program import Program
from optimization.row import Row


def narrowed(program: Program, places: NDArray[np.int64], decided: NDArray[np.int64]) -> Program:
    """The program that is left when some candidates are chosen and only some others are still open.

    Args:
        places: ascending, the candidates that are open, of customers with none decided.
        decided: the candidates that are chosen; what they use is taken off the bounds.

    Returns:
        A program whose `candidate` are places of the one given.
    """
    customer = np.searchsorted(program.start, places, side="right") - 1
    first = np.flatnonzero(np.diff(customer, prepend=-1))
    home = slots = None
    if program.home is not None and program.slots is not None:
        homes = np.searchsorted(program.home, customer[first], side="right") - 1
        taken = np.searchsorted(program.start, decided, side="right") - 1
        left = program.slots - np.bincount(
            np.searchsorted(program.home, taken, side="right") - 1, minlength=len(program.slots)
        )
        begins = np.flatnonzero(np.diff(homes, prepend=-1))
        home, slots = np.append(begins, len(homes)).astype(np.int64), left[homes[begins]]
    return replace(
        program,
        candidate=places,
        start=np.append(first, len(places)).astype(np.int64),
        home=home,
        slots=slots,
        net=program.net[places],
        option=program.option[places],
        columns={name: column[places] for name, column in program.columns.items()},
        rows=tuple(_less(row, use) for row, use in zip(program.rows, program.uses(decided), strict=True)),
    )


def _less(row: Row, use: int) -> Row:
    return replace(
        row,
        lower=None if row.lower is None else row.lower - use,
        upper=None if row.upper is None else row.upper - use,
    )


def without_misfits(program: Program) -> Program:
    """The program without candidates that alone would use more than a limit offers.

    Prices cannot see that a budget below every cost buys nothing; this can. Where nothing gives back what others use,
    such a candidate is in no plan.
    """
    misfit = np.zeros(len(program.net), dtype=bool)
    for place, row in enumerate(program.rows):
        if row.upper is None or row.excess_price is not None or _most(program, place) <= row.upper:
            continue
        use = program.coefficients(place)
        if use.min(initial=0) >= 0:
            misfit |= use > row.upper
    if not misfit.any():
        return program
    fitting = np.flatnonzero(~misfit)
    return replace(
        narrowed(program, fitting, np.zeros(0, dtype=np.int64)), candidate=program.places_in_problem(fitting)
    )


def _most(program: Program, place: int) -> int:
    """No candidate uses more of a limit than this."""
    most = int(program.per_option[place].max(initial=0))
    for name, factors in program.factors.items():
        column = program.columns[name]
        largest = max(int(column.max(initial=0)), -int(column.min(initial=0)))
        most += int(np.abs(factors[place]).max(initial=0)) * largest
    return most
