"""What a declared feature is of a person's rows, in whole numbers and exact ratios: the second interpreter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import itemgetter
from typing import Any

from expectations.audit.micros import MICROS
from expectations.audit.person import Person

Node = Mapping[Any, Any]
"""A declaration, or a part of one, as JSON has it."""


@dataclass(frozen=True)
class Money:
    """An amount, exact in millionths of the currency."""

    millionths: int


Value = int | float | Money | Fraction | None

CUSTOMER, IN_CATEGORY = "customer", "customer × category"
OF_CATEGORIES = "lines of a category"
PARTS = {"name", "history", "grain", "window_days", "value", "unit", "if_none"}
DAY_OF = {
    "purchase days": "happened_on",
    OF_CATEGORIES: "happened_on",
    "contacts": "contacted_on",
    "responses": "responded_on",
    "events": "happened_on",
}
"""History -> what the day of its rows is called."""
MEASURES = {"amount", "margin", "returned", "lines"}
COLUMNS = {
    "purchase days": {"happened_on", "weekday", "baskets", "gap_days", *MEASURES},
    OF_CATEGORIES: {"happened_on", "weekday", "category", *MEASURES},
    "contacts": {"contacted_on", "weekday", "offer_id", "channel"},
    "responses": {"responded_on", "weekday", "offer_id", "amount"},
    "events": {"happened_on", "weekday", "kind", "channel", "amount"},
}
PRIMITIVES: dict[str, Callable[[Sequence[Any]], int | None]] = {
    "count": len,
    "sum": lambda cells: sum(cells) if cells else None,
    "max": lambda cells: max(cells, default=None),
    "distinct": lambda cells: len(set(cells)),
    "span": lambda cells: (max(cells) - min(cells)).days if cells else None,
    "gaps": lambda cells: len(set(cells)) - 1,
}
"""What each makes of the cells of a column that are not missing."""
DAYS_SINCE: dict[str, Callable[[Sequence[date]], date]] = {"first": itemgetter(0), "last": itemgetter(-1)}
"""Which of the days, oldest first, is meant."""


def is_understood(declaration: Node) -> bool:
    """Whether every part of the declaration means something here: what it does not know, it must not pass over."""
    if set(declaration) != PARTS or declaration["history"] not in COLUMNS:
        return False
    history, grain, days = declaration["history"], declaration["grain"], declaration["window_days"]
    if grain not in ({CUSTOMER, IN_CATEGORY} if history == OF_CATEGORIES else {CUSTOMER}):
        return False
    if not (days is None or isinstance(days, int)):
        return False
    match declaration["value"]:
        case {"share": of, **rest}:
            return not rest and grain == IN_CATEGORY and _is_aggregate(of, COLUMNS[history])
    return _is_expression(declaration["value"], COLUMNS[history])


def value_of(declaration: Node, person: Person, category: str | None = None) -> Value:
    """The value for a person, in a category where it is per category.

    Args:
        declaration: one that `is_understood`.
        person: whose rows are older than the decision date.
        category: one that the person bought.
    """
    value = _value(declaration, person, category)
    if value is None:
        if_none: float | None = declaration["if_none"]
        return if_none
    if declaration["unit"] != "money":
        return value
    return Money(value) if isinstance(value, int) else value / MICROS


def _value(declaration: Node, person: Person, category: str | None) -> int | Fraction | None:
    history, value, days = declaration["history"], declaration["value"], declaration["window_days"]
    if not person.rows(history, category).days:
        return None  # there is nobody to count for
    if "share" not in value:
        return _expression(value, person, history, days, category)
    parts = (_aggregate(value["share"], person, history, days, each_category) for each_category in person.categories())
    whole = person.sum_once(declaration["name"], parts)
    return _over(_aggregate(value["share"], person, history, days, category), whole)


def _expression(
    node: Node, person: Person, history: str, days: int | None, category: str | None
) -> int | Fraction | None:
    if "ratio" in node:
        above, below = (_expression(part, person, history, days, category) for part in node["ratio"])
        return _over(above, below)
    return _aggregate(node, person, history, days, category)


def _aggregate(node: Node, person: Person, history: str, days: int | None, category: str | None) -> int | None:
    rows = person.rows(history, category)
    for column, values in node.get("where", {}).items():
        rows = rows.where(_attribute(column, history), values)
    first = person.first_within(rows, None if days is None else days * node.get("windows", 1))
    if "days_since" in node:
        return (
            (person.as_of - DAYS_SINCE[node["days_since"]](rows.days[first:])).days if first < len(rows.days) else None
        )
    name = next(name for name in PRIMITIVES if name in node)
    return rows.result(name, PRIMITIVES[name], _attribute(node[name], history), first)


def _attribute(column: str | None, history: str) -> str:
    """What the column of a history is called in its rows; no column means the day, which is never missing."""
    return "day" if column is None or column == DAY_OF[history] else column


def _over(above: int | Fraction | None, below: int | Fraction | None) -> Fraction | None:
    """An exact ratio; None where it is over nothing."""
    return Fraction(above, below) if above is not None and below else None


def _is_expression(node: object, columns: set[str]) -> bool:
    match node:
        case {"ratio": [above, below], **rest}:
            return not rest and _is_expression(above, columns) and _is_expression(below, columns)
    return _is_aggregate(node, columns)


def _is_aggregate(node: object, columns: set[str]) -> bool:
    match node:
        case {"days_since": "first" | "last", **rest}:
            return _is_restriction(rest, columns)
        case {"count": None, **rest}:
            return _is_restriction(rest, columns)
        case {"count": str(column), **rest} | {"sum": str(column), **rest} | {"max": str(column), **rest}:
            return column in columns and _is_restriction(rest, columns)
        case {"distinct": str(column), **rest} | {"gaps": str(column), **rest}:
            return column in columns and _is_restriction(rest, columns)
        case {"span": str(column), **rest}:
            return column in DAY_OF.values() and column in columns and _is_restriction(rest, columns)
    return False


def _is_restriction(rest: Node, columns: set[str]) -> bool:
    """Whether nothing but a condition and a multiple of the window is left."""
    where, windows = rest.get("where", {}), rest.get("windows", 1)
    return set(rest) <= {"where", "windows"} and set(where) <= columns and isinstance(windows, int) and windows > 0
