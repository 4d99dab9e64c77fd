"""A program with most of it decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimization.limits import Row
from optimization.program import Program, Span


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
        customer_key=program.customer_key[customer[first]],
        home=home,
        slots=slots,
        net=program.net[places],
        option=program.option[places],
        columns={name: column[places] for name, column in program.columns.items()},
        rows=less(program.rows, program.uses(decided)),
    )


def less(rows: Sequence[Row], uses: Sequence[int]) -> tuple[Row, ...]:
    """The rows when so much of each is used up."""
    return tuple(_less(row, use) for row, use in zip(rows, uses, strict=True))


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
    for place, upper in misfitting_rows(program):
        misfit |= program.coefficients(place) > upper
    if not misfit.any():
        return program
    fitting = np.flatnonzero(~misfit)
    return replace(
        narrowed(program, fitting, np.zeros(0, dtype=np.int64)), candidate=program.places_in_problem(fitting)
    )


def misfitting_rows(program: Program) -> list[tuple[int, int]]:
    """The rows, with their upper bounds, that some candidate alone might break where nothing gives back."""
    found = []
    for place, row in enumerate(program.rows):
        if row.upper is not None and row.excess_price is None:
            least, most = _span(program, place)
            if least >= 0 and most > row.upper:
                found.append((place, row.upper))
    return found


def _span(program: Program, place: int) -> Span:
    """No candidate uses less of a limit than the first of these, none more than the second."""
    low = program.per_option[place].astype(object)
    high = low.copy()
    for name, factors in program.factors.items():
        ends = [factors[place].astype(object) * end for end in program.spans.columns[name]]
        low, high = low + np.minimum(*ends), high + np.maximum(*ends)
    return int(low.min(initial=0)), int(high.max(initial=0))


def first_customers(program: Program, customers: int) -> Program:
    """The first customers, to the end of a household; as they stand in the order of a hash, they are a sample."""
    home = slots = None
    if program.home is not None and program.slots is not None:
        homes = int(np.searchsorted(program.home, min(customers, program.customers)))
        customers = int(program.home[homes])
        home, slots = program.home[: homes + 1], program.slots[:homes]
    start = program.start[: customers + 1]
    last = int(start[-1])
    return replace(
        program,
        candidate=None if program.candidate is None else program.candidate[:last],
        start=start,
        home=home,
        slots=slots,
        customer_key=program.customer_key[:customers],
        net=program.net[:last],
        option=program.option[:last],
        columns={name: column[:last] for name, column in program.columns.items()},
    )
