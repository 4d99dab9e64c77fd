"""One customer's own rows before the decision date."""

import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

Dated = TypeVar("Dated", bound="Line | Answer")
Found = TypeVar("Found")
DAY = attrgetter("day")


@dataclass(frozen=True)
class Money:
    """An amount, exact in millionths of the currency."""

    millionths: int


Value = int | Money | Fraction | None


class Line(NamedTuple):
    """A line of a purchase or of a return; amounts in millionths."""

    day: date
    transaction_id: str
    category: str | None
    amount: int
    quantity: int
    margin: int | None


class Answer(NamedTuple):
    """A response to an offer, and what it was worth in millionths, where it says."""

    day: date
    amount: int | None


class Person:
    """What is known of a customer; all rows are older than `as_of`, in whatever order."""

    def __init__(
        self,
        as_of: date,
        lines: Iterable[Line] = (),
        contacts: Sequence[date] = (),
        responses: Iterable[Answer] = (),
    ) -> None:
        self.as_of, self.contacts, self.responses = as_of, contacts, sorted(responses, key=DAY)
        self._lines: dict[str | None, list[Line]] = defaultdict(list)
        self._everything = sorted(lines, key=DAY)
        for line in self._everything:
            self._lines[line.category].append(line)
        self._known: dict[Hashable, Any] = {}

    def lines_within(self, days: int | None, category: str | None = None) -> list[Line]:
        """Those of the last days, oldest first; of one category where it is named."""
        lines = self._everything if category is None else self._lines.get(category, [])
        return self._once(("lines", days, category), lambda: self._last(lines, days))

    def responses_within(self, days: int | None) -> list[Answer]:
        """Those of the last days, oldest first."""
        return self._last(self.responses, days)

    def contacts_within(self, days: int | None) -> list[date]:
        """The days of contacts in the last days."""
        first = self._first_day(days)
        return [day for day in self.contacts if day >= first]

    def purchase_days(self, days: int | None, category: str | None = None) -> list[date]:
        """Days with at least one line, oldest first."""
        lines = self.lines_within(days, category)
        return self._once(("days", days, category), lambda: sorted({one.day for one in lines}))

    def baskets_within(self, days: int | None) -> int:
        """Purchases; one that goes on after midnight is one on each day."""
        lines = self.lines_within(days)
        return self._once(("baskets", days), lambda: len({(one.day, one.transaction_id) for one in lines}))

    def gaps_within(self, days: int | None) -> list[int]:
        """Days between neighbouring days with purchases, of all history; the later one lies within the window."""
        everything, first = self.purchase_days(None), self._first_day(days)
        pairs = itertools.pairwise(everything)
        return self._once(("gaps", days), lambda: [(later - one).days for one, later in pairs if later >= first])

    def spent_within(self, days: int | None, category: str | None = None) -> int:
        """The sum of the amounts, in millionths."""
        lines = self.lines_within(days, category)
        return self._once(("spent", days, category), lambda: sum(one.amount for one in lines))

    def spent_in_categories(self, days: int | None) -> int:
        """The same of all lines that have a category."""
        return self._once(
            ("in categories", days), lambda: sum(self.spent_within(days, one) for one in self.categories())
        )

    def categories(self) -> set[str]:
        """The categories that the customer ever bought."""
        return {one for one in self._lines if one is not None}

    def days_since(self, days: Sequence[date]) -> int | None:
        """From the latest of the days to the decision date; None where there is none."""
        return (self.as_of - max(days)).days if days else None

    def _last(self, rows: list[Dated], days: int | None) -> list[Dated]:
        return rows[bisect_left(rows, self._first_day(days), key=DAY) :]

    def _first_day(self, days: int | None) -> date:
        return date.min if days is None else self.as_of - timedelta(days=days)

    def _once(self, what: Hashable, find: Callable[[], Found]) -> Found:
        """Most definitions ask for the same rows."""
        if what not in self._known:
            self._known[what] = find()
        found: Found = self._known[what]
        return found


def over(above: int, below: int) -> Fraction | None:
    """An exact ratio; None where it is over nothing."""
    return Fraction(above, below) if below else None
