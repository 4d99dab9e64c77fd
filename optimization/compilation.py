"""The compiler: a problem and its limits become the integer program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

import numpy as np
from numpy.typing import NDArray

from conf.limit import Limit
from conf.micros import MICROS
from optimization.errors import BadInput, rows_named
from optimization.limits import CONTACTS, Row, rows_of
from optimization.options import Options, options_of, unknown_column
from optimization.problem import Problem, capacity_of, household_of, pair_keys
from optimization.program import Program, Span, Spans, span_of


@dataclass(frozen=True)
class Survey:
    """The spans of all amounts, and the columns that are constant within each option.

    Attributes:
        customers: the number of customers.
        value, cost, net: their spans, in micros.
        columns: column that limits sum -> its span.
        steps: column that limits sum -> a whole number that divides all its amounts; 0 where all are 0.
        fixed: column that does not differ within an option -> (options,) int64, its amounts.
    """

    customers: int
    value: Span
    cost: Span
    net: Span
    columns: Mapping[str, Span]
    steps: Mapping[str, int]
    fixed: Mapping[str, NDArray[np.int64]]


def survey(problem: Problem, limits: Sequence[Limit], options: Options) -> Survey:
    """Survey the amounts of a problem."""
    amounts = {name: _amount(problem, name) for name in summed_by(limits)}
    examples = {name: amount[options.example] for name, amount in amounts.items()}
    return Survey(
        customers=len(problem.customer_ids),
        value=span_of(problem.value),
        cost=span_of(problem.cost),
        net=span_of(problem.net),
        columns={name: span_of(amount) for name, amount in amounts.items()},
        steps={name: int(np.gcd.reduce(amount)) for name, amount in amounts.items()},
        fixed={name: examples[name] for name, x in amounts.items() if (examples[name][options.code] == x).all()},
    )


def summed_by(limits: Sequence[Limit]) -> list[str]:
    """The columns that limits sum, in the order of their names."""
    return sorted({name for limit in limits for row in rows_of(limit) for name in row.columns} - {CONTACTS})


def _amount(problem: Problem, name: str) -> NDArray[np.int64]:
    amount = problem.amount(name)
    if amount is None:
        raise KeyError(name)
    return amount


LARGEST = 2**62
"""Sums over customers stay below this, so that int64 does not overflow."""
FEWEST = 4
"""Customers counted at least, so that one amount stays below 2**60 (`bound`, `engines.kernel`)."""


def compile_program(problem: Problem, limits: Sequence[Limit]) -> Program:
    """The integer program whose best solution is the best plan.

    Raises:
        BadInput: a limit names what the candidates do not have, or amounts are so large that sums would overflow.
    """
    check_limits(problem, limits)
    options = options_of(problem, limits)
    return filled(blank_program(problem, limits, options, survey(problem, limits, options)), problem, options.code)


def blank_program(examples: Problem, limits: Sequence[Limit], options: Options, sizes: Survey) -> Program:
    """The program without its candidates: limits, options and spans.

    Args:
        examples: a problem that holds at least one candidate of each option.
        options: of these examples.

    Raises:
        BadInput: amounts are so large that sums would overflow.
    """
    stated = [(limit, row) for limit in limits for row in rows_of(limit)]
    _check_sums(sizes, [row for _, row in stated])
    differing = [name for name in sizes.columns if name not in sizes.fixed]
    per_option = _fixed_part(stated, options, sizes.fixed)
    factors = {name: _factor(stated, options, name) for name in differing}
    steps = [
        gcd(*per_option[place].tolist(), *(sizes.steps[name] * _step(factors[name][place]) for name in differing))
        for place in range(len(stated))
    ]
    nothing = np.zeros(0, dtype=np.int64)
    return Program(
        candidate=nothing,
        start=np.zeros(1, dtype=np.int64),
        household_offsets=None,
        household_capacity=None,
        customer_key=np.zeros(0, dtype=np.uint64),
        net=nothing.astype(_narrowest(sizes.net)),
        option=nothing,
        columns=dict.fromkeys(differing, nothing),
        rows=tuple(row.reachable(step) for (_, row), step in zip(stated, steps, strict=True)),
        option_key=pair_keys(examples)[examples.offer[options.example], examples.channel[options.example]],
        spans=Spans(sizes.net, {name: sizes.columns[name] for name in differing}),
        per_option=per_option,
        factors=factors,
    )


def filled(blank: Program, problem: Problem, code: NDArray[np.integer]) -> Program:
    """The program with the candidates of a problem, in the order of the keyed hash.

    Args:
        code: (n,) the option of each candidate of the problem.
    """
    order = problem.order
    customer = problem.customer[order]
    first = np.flatnonzero(np.diff(customer, prepend=-1))
    offsets, capacity = _households(problem, customer[first])
    amounts = {name: problem.amount(name) for name in blank.factors}
    return replace(
        blank,
        candidate=order,
        start=np.append(first, len(order)).astype(np.int64),
        household_offsets=offsets,
        household_capacity=capacity,
        customer_key=problem.customer_key[customer[first]],
        net=problem.net.astype(blank.net.dtype)[order],
        option=code[order],
        columns={name: amount[order] for name, amount in amounts.items() if amount is not None},
    )


def _step(factors: NDArray[np.int64]) -> int:
    return int(np.gcd.reduce(factors))


def _narrowest(span: Span) -> type[np.signedinteger]:
    """32 bits where that loses nothing: a pass over candidates takes as long as reading them."""
    return np.int32 if span[0] > -(2**31) and span[1] < 2**31 else np.int64


def _fixed_part(
    stated: Sequence[tuple[Limit, Row]], options: Options, fixed: Mapping[str, NDArray[np.int64]]
) -> NDArray[np.int64]:
    total = _factor(stated, options, CONTACTS)
    for name, amount in fixed.items():
        total += _factor(stated, options, name) * amount
    return total


def _factor(stated: Sequence[tuple[Limit, Row]], options: Options, name: str) -> NDArray[np.int64]:
    """(rows, options) the factor of a column where the row's limit counts the option, else 0."""
    table = np.zeros((len(stated), len(options.example)), dtype=np.int64)
    for position, (limit, row) in enumerate(stated):
        table[position] = options.is_match[limit.name] * row.factors.get(name, 0)
        if row.whole_factors:
            table[position] += options.is_whole[limit.name] * row.whole_factors.get(name, 0)
    return table


def _households(
    problem: Problem, customers: NDArray[np.int32]
) -> tuple[NDArray[np.int64] | None, NDArray[np.int64] | None]:
    """Where each household begins among these customers, and its capacity."""
    if problem.max_per_household is None:
        return None, None
    households = household_of(problem)[customers]
    first = np.flatnonzero(np.diff(households, prepend=-1))
    return np.append(first, len(households)).astype(np.int64), capacity_of(problem, households[first])


def check_limits(problem: Problem, limits: Sequence[Limit]) -> None:
    """Refuse limits with the same name, and limits that name what the candidates do not have."""
    names = [limit.name for limit in limits]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(f"limit {twice[0]!r} occurs twice; names must be unique")
    for limit in limits:
        for name in summed_by([limit]):
            if problem.amount(name) is None:
                raise unknown_column(problem, limit, name)
        below = (limit.sum if limit.share_of is not None else limit.ratio and limit.ratio[1]) or CONTACTS
        amount = problem.amount(below)
        if amount is not None and (amount < 0).any():
            raise BadInput(
                f"limit {limit.name!r}: {below}, which it divides by, must be >= 0 ({rows_named(amount < 0)})"
            )


def _check_sums(sizes: Survey, rows: Sequence[Row]) -> None:
    """Refuse amounts whose sums could overflow int64."""
    spans = {**sizes.columns, CONTACTS: (0, 1)}
    customers = max(sizes.customers, FEWEST)
    too_large = f"too large to be added up over {sizes.customers} customers in millionths"
    if max(_largest(sizes.value) + _largest(sizes.cost), _largest(sizes.net)) * customers >= LARGEST:
        raise BadInput(f"value and cost are {too_large}{_largest_admitted(customers)}")
    worst = Fraction(0)
    for row in rows:
        total = sum(row.steepest(name) * max(_largest(spans[name]), 1) for name in row.columns)
        if total * customers >= LARGEST:
            most = _largest_admitted(customers * sum(map(row.steepest, row.columns)))
            raise BadInput(f"limit {row.limit!r}: {', '.join(sorted(row.columns))} {too_large}{most}")
        worst += _worst_loss(row, spans, customers) if row.shortfall_price is not None else 0
        if worst >= LARGEST:
            raise BadInput(
                f"limit {row.limit!r}: its shortfall_price is so large that what its min misses could cost more than "
                f"{LARGEST // MICROS} units of the currency"
            )


def _worst_loss(row: Row, spans: Mapping[str, Span], customers: int) -> Fraction:
    """Micros that a plan could lose at most by missing a soft minimum."""
    slopes = {name: (row.factors.get(name, 0), row.whole_factors.get(name, 0)) for name in row.columns}
    least = sum(
        min(slope * end for slope in (part, whole, part + whole) for end in (*spans[name], 0))
        for name, (part, whole) in slopes.items()
    )
    return row.missing(least * customers) * (row.shortfall_price or Fraction(0))


def _largest_admitted(times: int) -> str:
    return f"; the largest sum for one customer would be {(LARGEST - 1) // times / MICROS:.6f} units"


def _largest(span: Span) -> int:
    return max(span[1], -span[0])
