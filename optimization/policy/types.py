"""Which kinds of value may be joined by which words and signs."""

from optimization.policy.tree import Expression, Kind, Reference

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
