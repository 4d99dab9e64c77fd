"""Expressions evaluated row by row in plain Python, for the auditor; shares only the tree with Spark's evaluator."""

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from conf.expressions.tree import (
    And,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Constant,
    Expression,
    IsIn,
    IsNull,
    Kind,
    Negation,
    Not,
    Or,
    Reference,
    Value,
)

TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.NUMBER: (int, float, Decimal),
    Kind.TEXT: (str,),
    Kind.BOOL: (bool,),
    Kind.DATE: (date,),
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
WHOLE_FROM = 2.0**52
"""Doubles of this size and above are whole."""
COMPUTE: dict[str, Callable[[float, float], float]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def evaluate(expression: Expression, row: Mapping[str, object]) -> Value | None:  # noqa: PLR0911 - one for each kind of node
    """What the expression comes to in this row; None is null.

    Args:
        expression: as read by `grammar.parse`.
        row: column -> value, with every column that the expression reads.

    Raises:
        KeyError: the row lacks a column.
        TypeError: a value is not of the kind that its column was declared with.
    """
    match expression:
        case Constant(value):
            return value
        case Reference(name, kind):
            return _read(name, kind, row[name])
        case Negation() | Arithmetic():
            return _number(expression, row)
        case IsNull(operand):
            return evaluate(operand, row) is None
        case Not(operand):
            return _opposite(_condition(operand, row))
        case And(operands):
            return _all(_condition(operand, row) for operand in operands)
        case Or(operands):
            return _opposite(_all(_opposite(_condition(operand, row)) for operand in operands))
        case Comparison(sign, left, right):
            return _compared(sign, evaluate(left, row), evaluate(right, row))
        case Between(operand, low, high):
            tested = evaluate(operand, row)
            return _all((_compared("<=", evaluate(low, row), tested), _compared("<=", tested, evaluate(high, row))))
        case IsIn(operand, choices):
            tested = evaluate(operand, row)
            return None if tested is None else any(tested == choice.value for choice in choices)
        case Call(function, arguments):
            return CALLS[function]([evaluate(argument, row) for argument in arguments])


def _read(name: str, kind: Kind, value: object) -> Value | None:
    if value is None:
        return None
    is_other = (kind != Kind.BOOL and isinstance(value, bool)) or isinstance(value, datetime)
    if is_other or not isinstance(value, TYPES[kind]):
        raise TypeError(f"column {name!r} holds a {type(value).__name__} where a {kind} was declared")
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _finite(float(value))
    return value  # type: ignore[return-value]  # checked against TYPES above


def _number(expression: Negation | Arithmetic, row: Mapping[str, object]) -> float | None:
    if isinstance(expression, Negation):
        operand = evaluate(expression.operand, row)
        return None if operand is None else -_as_number(operand)
    left, right = evaluate(expression.left, row), evaluate(expression.right, row)
    if left is None or right is None:
        return None
    if expression.operator == "/":
        return None if right == 0 else _finite(_as_number(left) / _as_number(right))
    return _finite(COMPUTE[expression.operator](_as_number(left), _as_number(right)))


def _as_number(value: Value) -> float:
    if isinstance(value, float):
        return value
    raise TypeError(f"a {type(value).__name__} where the tree promises a number")


def _condition(expression: Expression, row: Mapping[str, object]) -> bool | None:
    value = evaluate(expression, row)
    if value is None or isinstance(value, bool):
        return value
    raise TypeError(f"a {type(value).__name__} where the tree promises a condition")


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _compared(sign: str, left: Value | None, right: Value | None) -> bool | None:
    return None if left is None or right is None else COMPARE[sign](left, right)


def _opposite(condition: bool | None) -> bool | None:
    return None if condition is None else not condition


def _all(conditions: Iterable[bool | None]) -> bool | None:
    values = list(conditions)
    if False in values:
        return False
    return None if None in values else True


def _coalesce(values: Sequence[Value | None]) -> Value | None:
    return next((value for value in values if value is not None), None)


def _if(values: Sequence[Value | None]) -> Value | None:
    """Of a condition that is not known nothing follows."""
    condition, chosen, otherwise = values
    return None if condition is None else chosen if condition else otherwise


def _least(values: Sequence[Value | None]) -> float | None:
    numbers = _numbers(values)
    return None if numbers is None else min(numbers)


def _greatest(values: Sequence[Value | None]) -> float | None:
    numbers = _numbers(values)
    return None if numbers is None else max(numbers)


def _abs(values: Sequence[Value | None]) -> float | None:
    numbers = _numbers(values)
    return None if numbers is None else abs(numbers[0])


def _round(values: Sequence[Value | None]) -> float | None:
    """Half to even; a number that rounds to zero keeps its sign."""
    numbers = _numbers(values)
    if numbers is None:
        return None
    shift = 10.0 ** (numbers[1] if len(numbers) > 1 else 0)
    shifted = _finite(numbers[0] * shift)
    if shifted is None:
        return None
    is_fraction = abs(shifted) < WHOLE_FROM
    return (math.copysign(round(shifted), shifted) if is_fraction else shifted) / shift


def _numbers(values: Sequence[Value | None]) -> list[float] | None:
    """The numbers; None where one of them is not known."""
    return None if None in values else [_as_number(value) for value in values if value is not None]


CALLS: dict[str, Callable[[Sequence[Value | None]], Value | None]] = {
    "abs": _abs,
    "coalesce": _coalesce,
    "greatest": _greatest,
    "if": _if,
    "least": _least,
    "round": _round,
}
