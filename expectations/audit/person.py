"""One customer's own rows before the decision date."""

import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

DAY = attrgetter("day")
WEEKDAY = "weekday"
"""A column of every row: 1 is Monday."""


class Dated(Protocol):
    """A row of a history; its columns are attributes."""

    @property
    def day(self) -> date:
        """The day on which it became known."""
        ...


class Line(NamedTuple):
    """A line of a purchase or of a return; amounts in millionths."""

    day: date
    transaction_id: str
    category: str | None
    amount: int
    quantity: int
    margin: int | None

    @property
    def returned(self) -> int:
        """The amount, taken positive, of a line with a negative amount or a negative quantity."""
        return abs(self.amount) if self.amount < 0 or self.quantity < 0 else 0

    @property
    def lines(self) -> int:
        """Itself."""
        return 1


class PurchaseDay(NamedTuple):
    """A day with at least one line; a purchase that goes on after midnight is one on each day.

    Attributes:
        margin: None where no line has one.
        gap_days: since the purchase day before, in all history; None of the first.
    """

    day: date
    baskets: int
    lines: int
    amount: int
    margin: int | None
    returned: int
    gap_days: int | None


class Contact(NamedTuple):
    """A contact that was made."""

    day: date
    offer_id: str
    channel: str | None


class Answer(NamedTuple):
    """A response to an offer, and what it was worth in millionths, where it says."""

    day: date
    offer_id: str
    amount: int | None


class Happening(NamedTuple):
    """An event of some kind."""

    day: date
    kind: str
    channel: str | None
    amount: int | None


class DatedRows:
    """Rows of one history; a column, a condition and a result are each worked out once, since many features ask.

    Attributes:
        days: of the rows, oldest first.
    """

    def __init__(self, rows: Sequence[Dated]) -> None:
        """Args: rows: oldest first."""
        self.days = [row.day for row in rows]
        self._rows = rows
        self._columns: dict[str, tuple[Sequence[Any], bool]] = {}
        self._restricted: dict[tuple[str, str], DatedRows] = {}
        self._results: dict[tuple[str, str, int], Any] = {}

    def where(self, column: str, values: Sequence[Any]) -> "DatedRows":
        """Those rows whose cell is one of the values."""
        key = (column, repr(values))
        if key not in self._restricted:
            cells = self._column(column)[0]
            self._restricted[key] = DatedRows(
                [row for row, cell in zip(self._rows, cells, strict=True) if cell in values]
            )
        return self._restricted[key]

    def result(self, name: str, primitive: Callable[[Sequence[Any]], Any], column: str, first: int) -> int | None:
        """What the primitive of this name makes of the cells that are not missing, from row `first` on."""
        key = (name, column, first)
        if key not in self._results:
            cells, has_missing = self._column(column)
            cells = cells[first:]
            self._results[key] = primitive([cell for cell in cells if cell is not None] if has_missing else cells)
        result: int | None = self._results[key]
        return result

    def _column(self, name: str) -> tuple[Sequence[Any], bool]:
        """The cells of a column, and whether any is missing."""
        if name not in self._columns:
            if name == WEEKDAY:
                cells: list[Any] = [day.isoweekday() for day in self.days]
            else:
                cells = list(map(attrgetter(name), self._rows))
            self._columns[name] = cells, None in cells
        return self._columns[name]


class Person:
    """What is known of a customer; all rows are older than `as_of`, in whatever order.

    Attributes:
        lines: oldest first.
        histories: the rows of each history that features are declared over, oldest first.
    """

    def __init__(
        self,
        as_of: date,
        lines: Iterable[Line] = (),
        contacts: Iterable[Contact] = (),
        responses: Iterable[Answer] = (),
        events: Iterable[Happening] = (),
    ) -> None:
        self.as_of = as_of
        self.lines = sorted(lines, key=DAY)
        self._by_category: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            if line.category is not None:
                self._by_category[line.category].append(line)
        self.histories: Mapping[str, Sequence[Dated]] = {
            "purchase days": _purchase_days(self.lines),
            "lines of a category": [line for line in self.lines if line.category is not None],
            "contacts": sorted(contacts, key=DAY),
            "responses": sorted(responses, key=DAY),
            "events": sorted(events, key=DAY),
        }
        self._dated_rows: dict[tuple[str, str | None], DatedRows] = {}
        self._sums: dict[str, int] = {}

    def rows(self, history: str, category: str | None = None) -> DatedRows:
        """The rows of a history, of one category where it is named."""
        key = (history, category)
        if key not in self._dated_rows:
            rows = self.histories[history] if category is None else self._by_category.get(category, [])
            self._dated_rows[key] = DatedRows(rows)
        return self._dated_rows[key]

    def first_within(self, rows: DatedRows, days: int | None) -> int:
        """The place of the first row of the last days; None for all."""
        return 0 if days is None else bisect_left(rows.days, self.as_of - timedelta(days=days))

    def categories(self) -> set[str]:
        """The categories that the customer ever bought."""
        return set(self._by_category)

    def sum_once(self, name: str, parts: Iterable[int | None]) -> int:
        """The sum of a feature's parts that are not missing, added when it is asked for first."""
        if name not in self._sums:
            self._sums[name] = sum(part for part in parts if part is not None)
        return self._sums[name]


def _purchase_days(lines: Sequence[Line]) -> list[PurchaseDay]:
    days: list[PurchaseDay] = []
    for day, of_day in itertools.groupby(lines, key=DAY):
        day_lines = list(of_day)
        _, baskets, _, amounts, quantities, all_margins = zip(*day_lines, strict=True)
        margins = [margin for margin in all_margins if margin is not None]
        has_returns = min(amounts) < 0 or min(quantities) < 0
        days.append(
            PurchaseDay(
                day=day,
                baskets=len(set(baskets)),
                lines=len(day_lines),
                amount=sum(amounts),
                margin=sum(margins) if margins else None,
                returned=sum(line.returned for line in day_lines) if has_returns else 0,
                gap_days=(day - days[-1].day).days if days else None,
            )
        )
    return days
