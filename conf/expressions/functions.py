"""The functions that an expression may call: how many arguments each takes, and of which kinds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from conf.expressions.tree import Call, Constant, Expression, Kind, WrongKind, check_numbers, described

MAX_DIGITS = 9

Takes = Literal["numbers", "one kind", "a choice", "rounding"]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes.

    Attributes:
        form: as it is written, for errors and documents.
        least: the fewest arguments.
        most: the most arguments; None: any number.
        takes: the rule for their kinds.
    """

    form: str
    least: int
    most: int | None
    takes: Takes


SIGNATURES = {
    "abs": Signature("abs(x)", 1, 1, "numbers"),
    "coalesce": Signature("coalesce(a, b, …)", 2, None, "one kind"),
    "greatest": Signature("greatest(x, y, …)", 2, None, "numbers"),
    "if": Signature("if(condition, a, b)", 3, 3, "a choice"),
    "least": Signature("least(x, y, …)", 2, None, "numbers"),
    "round": Signature("round(x) or round(x, digits)", 1, 2, "rounding"),
}


def call(name: str, arguments: Sequence[Expression]) -> Call:
    """A call with its arguments checked.

    Args:
        name: one of SIGNATURES.

    Raises:
        WrongArgument: there are too few or too many, or one is of a kind that cannot stand there.
    """
    signature = SIGNATURES[name]
    if len(arguments) < signature.least or (signature.most is not None and len(arguments) > signature.most):
        raise WrongArgument(f"'{name}' is written {signature.form}", None)
    for position, argument in enumerate(arguments):
        _check(name, signature.takes, arguments, position, argument)
    is_of_its_last = signature.takes in ("one kind", "a choice")
    return Call(name, tuple(arguments), arguments[-1].kind if is_of_its_last else Kind.NUMBER)


class WrongArgument(Exception):
    """An argument that a function does not take.

    Attributes:
        position: which argument, from 0; None: their number is wrong.
    """

    def __init__(self, message: str, position: int | None) -> None:
        super().__init__(message)
        self.position = position


def _check(name: str, takes: Takes, arguments: Sequence[Expression], position: int, argument: Expression) -> None:
    is_condition = takes == "a choice" and position == 0
    if is_condition and argument.kind != Kind.BOOL:
        raise WrongArgument(f"'{name}' takes a condition first, but {described(argument)}", position)
    if takes == "rounding" and position == 1 and not _is_digits(argument):
        raise WrongArgument(f"'{name}' takes digits from 0 to {MAX_DIGITS}, written as a number", position)
    if takes in ("numbers", "rounding"):
        try:
            check_numbers(name, argument)
        except WrongKind as wrong:
            raise WrongArgument(str(wrong), position) from None
    first = arguments[1] if takes == "a choice" else arguments[0]
    if takes in ("one kind", "a choice") and not is_condition and argument.kind != first.kind:
        message = f"'{name}' comes to one kind of value, but {described(first)} and {described(argument)}"
        raise WrongArgument(message, position)


def _is_digits(argument: Expression) -> bool:
    return isinstance(argument, Constant) and argument.value in range(MAX_DIGITS + 1) and argument.kind == Kind.NUMBER
