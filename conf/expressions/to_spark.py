"""Expressions as Spark columns, built from the tree through the function API: no text reaches Spark's SQL parser."""

import math
import operator
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, reduce
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DataType, DateType, NumericType, StringType, StructType

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

KIND_OF: dict[type[DataType], Kind] = {
    NumericType: Kind.NUMBER,
    StringType: Kind.TEXT,
    BooleanType: Kind.BOOL,
    DateType: Kind.DATE,
}
JOIN: dict[str, Callable[[Any, Any], Column]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": F.try_divide,
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
EPOCH = date(1970, 1, 1)


def kinds_of(schema: StructType) -> dict[str, Kind]:
    """The columns of a frame that expressions may read, and their kinds; columns of other types are left out."""
    return {
        field.name: kind
        for field in schema.fields
        for type_, kind in KIND_OF.items()
        if isinstance(field.dataType, type_)
    }


def to_column(expression: Expression) -> Column:  # noqa: PLR0911, PLR0912 - one for each kind of node
    """The expression over a frame that has its columns, with the kinds it was read with.

    ANSI mode changes nothing: nothing used here can raise in either mode.
    """
    match expression:
        case Constant(value):
            return _constant(value)
        case Reference(name, Kind.NUMBER):
            return _finite(F.col(name).cast("double"))
        case Reference(name, _):
            return F.col(name)
        case Negation(operand):
            return -to_column(operand)
        case Arithmetic(sign, left, right):
            return _finite(JOIN[sign](to_column(left), to_column(right)))
        case Comparison(sign, left, right):
            return JOIN[sign](to_column(left), to_column(right))
        case Between(operand, low, high):
            return to_column(operand).between(to_column(low), to_column(high))
        case IsIn(operand, choices):
            return to_column(operand).isin([_constant(choice.value) for choice in choices])
        case IsNull(operand):
            return to_column(operand).isNull()
        case Not(operand):
            return ~to_column(operand)
        case And(operands):
            return reduce(operator.and_, map(to_column, operands))
        case Or(operands):
            return reduce(operator.or_, map(to_column, operands))
        case Call(function, arguments):
            return CALLS[function]([to_column(argument) for argument in arguments])


def _constant(value: Value) -> Column:
    """A date goes over as its number of days: java.sql.Date would bend days before 1582 through another calendar."""
    if isinstance(value, date):
        return F.date_from_unix_date(F.lit((value - EPOCH).days))
    return F.lit(value)


def _finite(number: Column) -> Column:
    """The number itself; null for NaN and the infinities.

    x % infinity is x for every finite x, to the last bit, and NaN for all others. So the number is named once:
    a `when(isnan(x) or ...)` would name it three times, and the plan would grow threefold with every level.
    """
    return F.nanvl(number % math.inf, _null())


def _chosen(arguments: Sequence[Column]) -> Column:
    """By its place in an array, which is null where the condition is; a `when` would name the condition twice."""
    condition, chosen, otherwise = arguments
    return F.get(F.array(otherwise, chosen), condition.cast("int"))


def _least(arguments: Sequence[Column]) -> Column:
    """Spark passes over nulls; an infinity in place of each comes out where there is one, and is null again."""
    return _finite(F.least(*[F.coalesce(argument, F.lit(-math.inf)) for argument in arguments]))


def _greatest(arguments: Sequence[Column]) -> Column:
    return _finite(F.greatest(*[F.coalesce(argument, F.lit(math.inf)) for argument in arguments]))


def _rounded(arguments: Sequence[Column]) -> Column:
    """Half to even of x * 10^digits, over 10^digits; a power of ten so small is exact."""
    number, *digits = arguments
    shift = F.pow(F.lit(10.0), digits[0]) if digits else F.lit(1.0)
    return F.try_divide(F.rint(_finite(number * shift)), shift)


CALLS: dict[str, Callable[[Sequence[Column]], Column]] = {
    "abs": lambda arguments: F.abs(arguments[0]),
    "coalesce": lambda arguments: F.coalesce(*arguments),
    "greatest": _greatest,
    "if": _chosen,
    "least": _least,
    "round": _rounded,
}


@cache
def _null() -> Column:
    """Made once: every column made is some calls to the JVM, and expressions use this one at every sign."""
    return F.lit(None).cast("double")
