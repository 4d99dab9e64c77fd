"""The few primitives that features are declared with: plain data, which Spark and the auditor each interpret."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Primitive = Literal["count", "sum", "max", "distinct", "span", "gaps", "days_since"]
Where = Mapping[str, Sequence[str | int]]


@dataclass(frozen=True)
class Aggregate:
    """A whole number made of the rows in the window, of those whose columns have one of the values of `where`.

    Attributes:
        primitive: what is made of the column; nulls are skipped. `days_since` takes "first" or "last" for a column.
        column: of the history; None: the rows themselves.
        windows: as many times the feature's window.
    """

    primitive: Primitive
    column: str | None
    where: Where = field(default_factory=dict)
    windows: int = 1

    def columns(self) -> list[str]:
        """Those of the history that it reads."""
        return [*self.where, *([self.column] if self.column and self.primitive != "days_since" else [])]

    def data(self) -> dict[str, Any]:
        """As JSON has it."""
        where = {"where": {name: list(values) for name, values in self.where.items()}} if self.where else {}
        return {self.primitive: self.column, **where, **({"windows": self.windows} if self.windows != 1 else {})}


@dataclass(frozen=True)
class Ratio:
    """One number over another; missing where either is missing, or the lower one 0."""

    above: "Aggregate | Ratio"
    below: "Aggregate | Ratio"

    def data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"ratio": [self.above.data(), self.below.data()]}


@dataclass(frozen=True)
class Share:
    """What a category has of the sum over the customer's categories; missing where that is 0."""

    of: Aggregate

    def data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"share": self.of.data()}


Expression = Aggregate | Ratio | Share


def count(column: str | None = None, *, where: Where | None = None, windows: int = 1) -> Aggregate:
    """How many rows; of a column: how many in which it is known."""
    return Aggregate("count", column, where or {}, windows)


def total(column: str, *, where: Where | None = None, windows: int = 1) -> Aggregate:
    """The sum of a column; missing where it is known of no row."""
    return Aggregate("sum", column, where or {}, windows)


def highest(column: str, *, where: Where | None = None) -> Aggregate:
    """The highest value of a column."""
    return Aggregate("max", column, where or {})


def distinct(column: str, *, where: Where | None = None) -> Aggregate:
    """How many different values a column has."""
    return Aggregate("distinct", column, where or {})


def span(column: str) -> Aggregate:
    """Whole days from the earliest to the latest of a column of days."""
    return Aggregate("span", column)


def gaps(column: str) -> Aggregate:
    """How many different values a column has, less one: over the span of days it is the mean gap between them."""
    return Aggregate("gaps", column)


def days_since_last(*, where: Where | None = None) -> Aggregate:
    """Whole days from the latest row to the decision date."""
    return Aggregate("days_since", "last", where or {})


def days_since_first(*, where: Where | None = None) -> Aggregate:
    """Whole days from the earliest row to the decision date."""
    return Aggregate("days_since", "first", where or {})


def mean(column: str, *, where: Where | None = None) -> Ratio:
    """The sum of a column over the number of rows in which it is known."""
    return Ratio(total(column, where=where), count(column, where=where))


def aggregates_of(expression: Expression) -> Iterator[Aggregate]:
    """Every aggregate in an expression."""
    match expression:
        case Aggregate():
            yield expression
        case Ratio(above, below):
            yield from aggregates_of(above)
            yield from aggregates_of(below)
        case Share(of):
            yield of
