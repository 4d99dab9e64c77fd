"""From a problem and its limits to the integer program."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from conf.limit import Limit
from optimization.errors import BadInput, rows_named
from optimization.limits import rows_of
from optimization.options import Options, options_of
from optimization.order import household_of
from optimization.problem import Problem
from optimization.program import Program
from optimization.row import CONTACTS, Row
from optimization.where import unknown_column

LARGEST = 2**62
"""Sums stay below this, so that int64 never wraps."""


def compile_program(problem: Problem, limits: Sequence[Limit]) -> Program:
    """The integer program whose best solution is the best plan.

    Raises:
        BadInput: a limit names what the candidates do not have, or amounts so large that sums would overflow.
    """
    _check_limits(problem, limits)
    order = problem.order
    options = options_of(problem, limits)
    stated = [(limit, row) for limit in limits for row in rows_of(limit)]
    names = sorted({name for _, row in stated for name in row.factors} - {CONTACTS})
    amounts = {name: _amount(problem, name) for name in names}
    is_fixed = {name: bool((x[options.example][options.code] == x).all()) for name, x in amounts.items()}
    customer = problem.customer[order]
    first = np.flatnonzero(np.diff(customer, prepend=-1))
    _check_sums(problem, [row for _, row in stated], amounts)
    home = _homes(problem, customer[first])
    return Program(
        candidate=order,
        start=np.append(first, len(order)).astype(np.int64),
        home=home,
        slots=None if home is None else np.full(len(home) - 1, problem.max_per_household, dtype=np.int64),
        net=_narrowest(problem.value - problem.cost)[order],
        option=options.code[order],
        columns={name: amounts[name][order] for name in names if not is_fixed[name]},
        rows=tuple(row for _, row in stated),
        per_option=_fixed_part(stated, options, {name: amounts[name] for name in names if is_fixed[name]}),
        factors={name: _factor(stated, options, name) for name in names if not is_fixed[name]},
    )


def _narrowest(net: NDArray[np.int64]) -> NDArray[np.signedinteger]:
    """As int32 where that loses nothing: looking at candidates takes as long as reading them."""
    is_narrow = not len(net) or (int(net.max()) < 2**31 and int(net.min()) >= -(2**31))
    return net.astype(np.int32) if is_narrow else net


def _fixed_part(
    stated: Sequence[tuple[Limit, Row]], options: Options, amounts: dict[str, NDArray[np.int64]]
) -> NDArray[np.int64]:
    total = _factor(stated, options, CONTACTS)
    for name, amount in amounts.items():
        total += _factor(stated, options, name) * amount[options.example]
    return total


def _factor(stated: Sequence[tuple[Limit, Row]], options: Options, name: str) -> NDArray[np.int64]:
    """(rows, options) the factor of a column where the row's limit counts the option, else 0."""
    table = np.zeros((len(stated), len(options.example)), dtype=np.int64)
    for place, (limit, row) in enumerate(stated):
        table[place] = options.is_match[limit.name] * row.factors.get(name, 0)
    return table


def _homes(problem: Problem, customers: NDArray[np.int32]) -> NDArray[np.int64] | None:
    if problem.max_per_household is None:
        return None
    homes = household_of(problem)[customers]
    return np.append(np.flatnonzero(np.diff(homes, prepend=-1)), len(homes)).astype(np.int64)


def _amount(problem: Problem, name: str) -> NDArray[np.int64]:
    amount = problem.amount(name)
    if amount is None:
        raise KeyError(name)
    return amount


def _check_limits(problem: Problem, limits: Sequence[Limit]) -> None:
    names = [limit.name for limit in limits]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(f"limit {twice[0]!r} occurs twice; names must be unique")
    for limit in limits:
        for name in {name for row in rows_of(limit) for name in row.factors} - {CONTACTS}:
            if problem.amount(name) is None:
                raise unknown_column(problem, limit, name)
        below = limit.ratio[1] if limit.ratio else CONTACTS
        amount = problem.amount(below)
        if amount is not None and (amount < 0).any():
            raise BadInput(
                f"limit {limit.name!r}: {below}, which it divides by, must be >= 0 ({rows_named(amount < 0)})"
            )


def _check_sums(problem: Problem, rows: Sequence[Row], amounts: dict[str, NDArray[np.int64]]) -> None:
    """Refuse, before anything is added up, what could leave int64."""
    largest = {name: _largest(amount) for name, amount in amounts.items()} | {CONTACTS: 1}
    chosen = len(problem.customer_ids)
    if (_largest(problem.value) + _largest(problem.cost)) * chosen >= LARGEST:
        raise BadInput(f"value and cost are too large to be added up over {chosen} customers in millionths")
    for row in rows:
        if sum(abs(factor) * max(largest[name], 1) for name, factor in row.factors.items()) * chosen >= LARGEST:
            names = ", ".join(row.factors)
            raise BadInput(
                f"limit {row.limit!r}: {names} too large to be added up over {chosen} customers in millionths"
            )


def _largest(amount: NDArray[np.int64]) -> int:
    return max(abs(int(amount.max())), abs(int(amount.min()))) if len(amount) else 0
