"""Tokens to a typed tree: one method for each level of binding, the loosest first."""

import math
import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import NoReturn, cast

from conf.expressions.functions import SIGNATURES, WrongArgument, call
from conf.expressions.lexer import Cursor, Token
from conf.expressions.tree import (
    And,
    Arithmetic,
    ArithmeticOperator,
    Between,
    Comparison,
    ComparisonOperator,
    Constant,
    Expression,
    IsIn,
    IsNull,
    Kind,
    Negation,
    Not,
    Or,
    Reference,
    check_comparable,
    check_conditions,
    check_numbers,
)

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


WORDS = ("and", "or", "not", "in", "between", "is", "null", "true", "false")
COMPARISONS = ("=", "!=", "<=", ">=", "<", ">")


class Parser:
    """Reads one expression over the declared columns."""

    def __init__(self, cursor: Cursor, columns: Mapping[str, Kind]) -> None:
        self._cursor = cursor
        self._columns = columns

    def whole(self) -> Expression:
        """Read the expression to the end of the text."""
        if self._cursor.at_end:
            self._cursor.fail("expected an expression, found nothing")
        expression = self._either()
        if not self._cursor.at_end:
            self._fail_after_expression()
        return expression

    def _either(self) -> Expression:
        operands = [self._both()]
        while word := self._cursor.take("or"):
            operands.append(self._both())
            with self._cursor.typed(word):
                check_conditions("or", *operands)
        return Or(tuple(operands)) if len(operands) > 1 else operands[0]

    def _both(self) -> Expression:
        operands = [self._negated()]
        while word := self._cursor.take("and"):
            operands.append(self._negated())
            with self._cursor.typed(word):
                check_conditions("and", *operands)
        return And(tuple(operands)) if len(operands) > 1 else operands[0]

    def _negated(self) -> Expression:
        word = self._cursor.take("not")
        if word is None:
            return self._condition()
        with self._cursor.nested():
            operand = self._negated()
        with self._cursor.typed(word):
            check_conditions("not", operand)
        return Not(operand)

    def _condition(self) -> Expression:
        left = self._sum()
        if sign := self._cursor.take(*COMPARISONS):
            return self._comparison(left, sign)
        if self._cursor.take("is"):
            negative = self._cursor.take("not")
            self._cursor.expect("null", "'null' or 'not null' after 'is'")
            return Not(IsNull(left)) if negative else IsNull(left)
        negative = self._cursor.take("not")
        if word := self._cursor.take("in"):
            condition: Expression = self._membership(left, word)
        elif word := self._cursor.take("between"):
            condition = self._between(left, word)
        elif negative:
            self._cursor.fail_expected("'in' or 'between' after 'not'")
        else:
            return left
        return Not(condition) if negative else condition

    def _comparison(self, left: Expression, sign: Token) -> Comparison:
        self._refuse_null()
        right = self._sum()
        if self._cursor.token.written in COMPARISONS:
            self._cursor.fail("comparisons do not chain; write x between 1 and 5, or join two with 'and'")
        with self._cursor.typed(sign):
            check_comparable(sign.written, left, right)
        return Comparison(cast(ComparisonOperator, sign.written), left, right)

    def _membership(self, operand: Expression, word: Token) -> IsIn:
        self._cursor.expect("(", "'(' and a list of values after 'in'")
        choices = [take_listed_value(self._cursor)]
        while self._cursor.take(","):
            choices.append(take_listed_value(self._cursor))
        self._cursor.expect(")", "',' or ')' in the list of values")
        with self._cursor.typed(word):
            check_comparable("in", operand, *choices)
        return IsIn(operand, tuple(choices))

    def _between(self, operand: Expression, word: Token) -> Between:
        low = self._sum()
        self._cursor.expect("and", "'and' and the upper bound of 'between'")
        high = self._sum()
        with self._cursor.typed(word):
            check_comparable("between", operand, low, high)
        return Between(operand, low, high)

    def _sum(self) -> Expression:
        left = self._product()
        while sign := self._cursor.take("+", "-"):
            left = self._arithmetic(left, sign, self._product())
        return left

    def _product(self) -> Expression:
        left = self._signed()
        while sign := self._cursor.take("*", "/"):
            left = self._arithmetic(left, sign, self._signed())
        return left

    def _arithmetic(self, left: Expression, sign: Token, right: Expression) -> Arithmetic:
        with self._cursor.typed(sign):
            check_numbers(sign.written, left, right)
        return Arithmetic(cast(ArithmeticOperator, sign.written), left, right)

    def _signed(self) -> Expression:
        sign = self._cursor.take("-")
        if sign is None:
            return self._operand()
        with self._cursor.nested():
            operand = self._signed()
        with self._cursor.typed(sign):
            check_numbers("-", operand)
        return Negation(operand)

    def _operand(self) -> Expression:
        value = take_value(self._cursor)
        if value is not None:
            return value
        if self._cursor.take("("):
            with self._cursor.nested():
                inner = self._either()
            self._cursor.expect(")", "')'")
            return inner
        self._refuse_null()
        if self._cursor.token.kind != "word" or self._cursor.token.written in WORDS:
            self._cursor.fail_expected("a column, a value or '('")
        word = self._cursor.advance()
        return self._call(word) if self._cursor.token.written == "(" else self._reference(word)

    def _call(self, word: Token) -> Expression:
        """A call: a word with '(' after it, also where a column has the name of a function."""
        if word.written not in SIGNATURES:
            near = get_close_matches(word.written.lower(), SIGNATURES, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            self._cursor.fail(f"no function {word.written!r}{hint} Functions: {', '.join(SIGNATURES)}.", word.offset)
        self._cursor.expect("(", "'('")
        offsets, arguments = list[int](), list[Expression]()
        is_more = self._cursor.token.written != ")"
        with self._cursor.nested():
            while is_more:
                offsets.append(self._cursor.token.offset)
                arguments.append(self._either())
                is_more = self._cursor.take(",") is not None
        self._cursor.expect(")", f"',' or ')' in {SIGNATURES[word.written].form}")
        try:
            return call(word.written, arguments)
        except WrongArgument as wrong:
            self._cursor.fail(str(wrong), word.offset if wrong.position is None else offsets[wrong.position])

    def _reference(self, token: Token) -> Reference:
        kind = self._columns.get(token.written)
        if kind is None:
            self._cursor.fail(self._unknown(token.written), token.offset)
        return Reference(token.written, kind)

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name.lower(), [*self._columns, *WORDS], n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"no column {name!r}{hint or '.'} Columns: {', '.join(sorted(self._columns)) or 'none'}."

    def _refuse_null(self) -> None:
        if self._cursor.token.written == "null":
            self._cursor.fail("'null' equals nothing, not even itself; write 'is null' or 'is not null'")

    def _fail_after_expression(self) -> NoReturn:
        token = self._cursor.token
        near = get_close_matches(token.written.lower(), WORDS, n=1) if token.kind == "word" else []
        hint = f"; did you mean {near[0]!r}?" if near else ""
        self._cursor.fail(f"expected 'and', 'or', a sign or the end, found {token.written!r}{hint}")
