"""Numbers, days and switches in a cell, as spreadsheets of several countries write them."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from pydantic import BaseModel

CellKind = Literal["text", "number", "day", "switch"]

_WITH_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+", re.ASCII)
_IN_GROUPS = re.compile(r"[-+]?[1-9][0-9]{0,2}([.,])[0-9]{3}", re.ASCII)
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", re.ASCII)
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(:00(\.0+)?)?", re.ASCII)
_YES = frozenset({"true", "yes", "y", "1", "x", "wahr", "ja", "vrai", "oui", "vero", "verdadero", "verdadeiro", "sim"})
_NO = frozenset({"false", "no", "n", "0", "falsch", "nein", "faux", "non", "falso", "não"})


class DoubtfulCell(ValueError):
    """A number that may mean two numbers."""


def kinds_of(row: type[BaseModel]) -> Callable[[str], CellKind]:
    """Column -> what its cells hold. Columns that the row does not know hold numbers for formulas."""
    types = {name: _types(field.annotation) for name, field in row.model_fields.items()}

    def kind_of(column: str) -> CellKind:
        if column not in types or Decimal in types[column]:
            return "number"
        if bool in types[column]:
            return "switch"
        return "day" if date in types[column] else "text"

    return kind_of


def _types(annotation: object) -> set[object]:
    return {annotation, *get_args(annotation)}


def has_decimal_comma(cell: str) -> bool:
    """Whether a number is written with a comma before its decimals, beyond doubt."""
    return _WITH_COMMA.fullmatch(cell) is not None and _IN_GROUPS.fullmatch(cell) is None


def as_number(cell: str, *, has_decimal_commas: bool) -> str:
    """The number with a point before its decimals; what is none is left to be refused as such.

    Args:
        cell: without blanks around it.
        has_decimal_commas: whether other numbers of the file have one; a point may then part thousands.

    Raises:
        DoubtfulCell: the comma, or the point, may be before decimals or before thousands.
    """
    if (match := _IN_GROUPS.fullmatch(cell)) and (match[1] == "," or has_decimal_commas):
        raise DoubtfulCell(
            f"{cell!r} may be a number of thousands or one with three decimals; {_without(match[1], cell)}"
        )
    return cell.replace(",", ".") if has_decimal_comma(cell) else cell


def _without(sign: str, cell: str) -> str:
    return f"write {cell.replace(sign, '')} or {cell.replace(sign, '.')}0"


def as_day(cell: str) -> str:
    """The day as 2024-01-31; what is no day for certain (45292, 01/02/2024) is left to be refused as such."""
    if match := _MIDNIGHT.fullmatch(cell):
        return match[1]
    if match := _DAY_FIRST.fullmatch(cell):
        with suppress(ValueError):
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
    return cell


def as_switch(cell: str) -> str:
    """Yes and no as `true` and `false`; what is neither for certain is left to be refused as such."""
    word = cell.casefold()
    return "true" if word in _YES else "false" if word in _NO else cell
