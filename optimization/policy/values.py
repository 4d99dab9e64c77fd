"""Values written in an expression: numbers, texts, dates, true and false."""

import math
import re
from datetime import date

from optimization.policy.cursor import Cursor
from optimization.policy.tokens import Token
from optimization.policy.tree import Constant, Kind

WRITTEN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def take_value(cursor: Cursor) -> Constant | None:
    """Read a value if one stands next; a number has no sign here, for `-` is an operator."""
    token = cursor.token
    if token.kind == "number":
        return _number(cursor, cursor.advance())
    if token.kind == "text":
        return Constant(_unquoted(cursor.advance()), Kind.TEXT)
    if token.written == "date" and cursor.peek().kind == "text":
        cursor.advance()
        return _date(cursor, cursor.advance())
    if cursor.take("true", "false"):
        return Constant(token.written == "true", Kind.BOOL)
    return None


def take_listed_value(cursor: Cursor) -> Constant:
    """Read one value of a list, in which a number may have a sign and null has no place."""
    sign = cursor.take("-")
    if sign and cursor.token.kind != "number":
        cursor.fail_expected("a number after '-'")
    value = take_value(cursor)
    if value is None:
        cursor.fail_expected("a value (a list holds only numbers, texts and dates)")
    if sign and isinstance(value.value, float):
        return Constant(-value.value, Kind.NUMBER)
    return value


def _number(cursor: Cursor, token: Token) -> Constant:
    number = float(token.written)
    is_zero = not re.search(r"[1-9]", re.split("[eE]", token.written)[0])
    if math.isinf(number) or (number == 0 and not is_zero):
        cursor.fail("this number is beyond what a double can hold (about 1e-323 to 1e308)", token.offset)
    return Constant(number, Kind.NUMBER)


def _unquoted(token: Token) -> str:
    quote = token.written[0]
    return token.written[1:-1].replace(quote * 2, quote)


def _date(cursor: Cursor, token: Token) -> Constant:
    written = _unquoted(token)
    try:
        # fromisoformat also reads 20171120 and 2017-W47-1
        day = date.fromisoformat(written) if WRITTEN_DATE.fullmatch(written) else None
    except ValueError:
        day = None
    if day is None:
        cursor.fail("expected a day of the calendar such as date '2017-11-20'", token.offset)
    return Constant(day, Kind.DATE)
