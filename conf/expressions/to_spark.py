"""Expressions as Spark columns, built from the tree through the function API: no text reaches Spark's SQL parser."""

import math
import operator
from collections.abc import Callable
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


def to_column(expression: Expression) -> Column:  # noqa: PLR0911 - one for each kind of node
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


@cache
def _null() -> Column:
    """Made once: every column made is some calls to the JVM, and expressions use this one at every sign."""
    return F.lit(None).cast("double")
