"""What the program of a night needs to know of all its candidates before it can be written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conf.limit import Limit
from optimization.limits import CONTACTS, rows_of
from optimization.options import Options
from optimization.problem import Problem
from optimization.program import Span, span_of


@dataclass(frozen=True)
class Survey:
    """Sizes of what is added up, and what is the same for all candidates of an option.

    Attributes:
        customers: how many there are.
        value, cost, net: their spans.
        columns: of each column that limits sum, the span.
        fixed: of each such column that does not differ within an option, (options,) int64, its amounts.
    """

    customers: int
    value: Span
    cost: Span
    net: Span
    columns: Mapping[str, Span]
    fixed: Mapping[str, NDArray[np.int64]]


def survey(problem: Problem, limits: Sequence[Limit], options: Options) -> Survey:
    """The survey of a problem."""
    amounts = {name: _amount(problem, name) for name in summed_by(limits)}
    examples = {name: amount[options.example] for name, amount in amounts.items()}
    return Survey(
        customers=len(problem.customer_ids),
        value=span_of(problem.value),
        cost=span_of(problem.cost),
        net=span_of(problem.value - problem.cost),
        columns={name: span_of(amount) for name, amount in amounts.items()},
        fixed={name: examples[name] for name, x in amounts.items() if (examples[name][options.code] == x).all()},
    )


def summed_by(limits: Sequence[Limit]) -> list[str]:
    """The columns that limits sum, in the order of their names."""
    return sorted({name for limit in limits for row in rows_of(limit) for name in row.factors} - {CONTACTS})


def _amount(problem: Problem, name: str) -> NDArray[np.int64]:
    amount = problem.amount(name)
    if amount is None:
        raise KeyError(name)
    return amount
