"""The typed tree of an expression, which both evaluators read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

Value = float | str | bool | date
"""What an expression comes to; None is "not known"."""

ArithmeticOperator = Literal["+", "-", "*", "/"]
ComparisonOperator = Literal["=", "!=", "<", "<=", ">", ">="]


class Kind(StrEnum):
    """The four kinds of value. Kinds never mix and nothing is converted from one to another."""

    NUMBER = "number"
    TEXT = "text"
    BOOL = "bool"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the text; numbers are finite."""

    value: Value
    kind: Kind


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of a declared column in the row at hand."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Negation:
    """A number with its sign turned."""

    operand: "Expression"
    kind: ClassVar[Kind] = Kind.NUMBER


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers joined into one."""

    operator: ArithmeticOperator
    left: "Expression"
    right: "Expression"
    kind: ClassVar[Kind] = Kind.NUMBER


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values of one kind, compared."""

    operator: ComparisonOperator
    left: "Expression"
    right: "Expression"
    kind: ClassVar[Kind] = Kind.BOOL


@dataclass(frozen=True, slots=True)
class Between:
    """`low <= operand and operand <= high`."""

    operand: "Expression"
    low: "Expression"
    high: "Expression"
    kind: ClassVar[Kind] = Kind.BOOL


@dataclass(frozen=True, slots=True)
class IsIn:
    """Whether the operand equals one of the choices."""

    operand: "Expression"
    choices: tuple[Constant, ...]
    kind: ClassVar[Kind] = Kind.BOOL


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether the operand is not known; itself always known."""

    operand: "Expression"
    kind: ClassVar[Kind] = Kind.BOOL


@dataclass(frozen=True, slots=True)
class Not:
    """True for false, false for true, null for null."""

    operand: "Expression"
    kind: ClassVar[Kind] = Kind.BOOL


@dataclass(frozen=True, slots=True)
class And:
    """False if any operand is false, else null if any is null, else true."""

    operands: tuple["Expression", ...]
    kind: ClassVar[Kind] = Kind.BOOL


@dataclass(frozen=True, slots=True)
class Or:
    """True if any operand is true, else null if any is null, else false."""

    operands: tuple["Expression", ...]
    kind: ClassVar[Kind] = Kind.BOOL


@dataclass(frozen=True, slots=True)
class Call:
    """What a function makes of its arguments; `conf.expressions.functions` says which there are."""

    function: str
    arguments: tuple["Expression", ...]
    kind: Kind


Expression = Constant | Reference | Negation | Arithmetic | Comparison | Between | IsIn | IsNull | Not | And | Or | Call


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly below this one, left to right."""
    match expression:
        case Constant() | Reference():
            return ()
        case Arithmetic(_, left, right) | Comparison(_, left, right):
            return (left, right)
        case Between(operand, low, high):
            return (operand, low, high)
        case And(operands) | Or(operands) | Call(_, operands):
            return operands
        case Negation(operand) | Not(operand) | IsNull(operand) | IsIn(operand, _):
            return (operand,)


def walk(expression: Expression) -> Iterator[tuple[Expression, int]]:
    """Every node of the tree with its level, the root's being 1; without recursion, so at any depth."""
    waiting = [(expression, 1)]
    while waiting:
        node, level = waiting.pop()
        yield node, level
        waiting.extend((child, level + 1) for child in children(node))


def columns_of(expression: Expression) -> frozenset[str]:
    """The names of the columns that the expression reads."""
    return frozenset(node.name for node, _ in walk(expression) if isinstance(node, Reference))


NAMES = {Kind.NUMBER: "a number", Kind.TEXT: "a text", Kind.BOOL: "true or false", Kind.DATE: "a date"}


class WrongKind(Exception):
    """A value of a kind that cannot stand where it does."""


def check_numbers(operator: str, *operands: Expression) -> None:
    """Arithmetic is for numbers alone.

    Raises:
        WrongKind: an operand is of another kind.
    """
    _check_all(f"'{operator}' takes numbers", Kind.NUMBER, operands)


def check_conditions(word: str, *operands: Expression) -> None:
    """`and`, `or` and `not` are for conditions alone.

    Raises:
        WrongKind: an operand is of another kind.
    """
    _check_all(f"'{word}' takes conditions, which are true or false", Kind.BOOL, operands)


def check_comparable(operator: str, left: Expression, *others: Expression) -> None:
    """Like compares with like; true and false have no order and no list.

    Raises:
        WrongKind: two kinds meet, or true and false are asked for what they have not.
    """
    for other in others:
        if other.kind != left.kind:
            raise WrongKind(f"'{operator}' compares like with like, but {described(left)} and {described(other)}")
    if left.kind == Kind.BOOL and operator not in ("=", "!="):
        raise WrongKind(f"'{operator}' needs numbers, texts or dates, but {described(left)}; write = or !=")


def check_result(expression: Expression, result: Kind) -> None:
    """The whole expression comes to what its place in the policy needs.

    Raises:
        WrongKind: it comes to another kind.
    """
    if expression.kind != result:
        raise WrongKind(f"{NAMES[result]} is expected here, but {described(expression)}")


def described(expression: Expression) -> str:
    """What an expression is, in words that fit after `but`."""
    subject = f"column {expression.name!r}" if isinstance(expression, Reference) else "this"
    return f"{subject} is {NAMES[expression.kind]}"


def _check_all(rule: str, kind: Kind, operands: tuple[Expression, ...]) -> None:
    for operand in operands:
        if operand.kind != kind:
            raise WrongKind(f"{rule}, but {described(operand)}")
