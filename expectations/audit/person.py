"""One customer's own rows before the decision date."""

import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, NamedTuple, Protocol, TypeVar

Result = TypeVar("Result")
DAY = attrgetter("day")


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
    ) -> None:
        self.as_of = as_of
        self.lines = sorted(lines, key=DAY)
        self.histories: Mapping[str, Sequence[Dated]] = {
            "purchase days": _purchase_days(self.lines),
            "lines of a category": [line for line in self.lines if line.category is not None],
            "contacts": sorted(contacts, key=DAY),
            "responses": sorted(responses, key=DAY),
        }
        self._by_category: dict[str, list[Dated]] = defaultdict(list)
        for line in self.lines:
            if line.category is not None:
                self._by_category[line.category].append(line)
        self._results: dict[Hashable, Any] = {}

    def rows(self, history: str, days: int | None = None, category: str | None = None) -> Sequence[Dated]:
        """The rows of a history in the last days, None for all; of one category where it is named."""
        everything = self.histories[history] if category is None else self._by_category.get(category, [])
        if days is None:
            return everything
        first = self.as_of - timedelta(days=days)
        return self.once((history, days, category), lambda: everything[bisect_left(everything, first, key=DAY) :])

    def categories(self) -> set[str]:
        """The categories that the customer ever bought."""
        return set(self._by_category)

    def once(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """What `make` returned for this key before, else now: most features ask for the same rows."""
        if key not in self._results:
            self._results[key] = make()
        result: Result = self._results[key]
        return result


def _purchase_days(lines: Sequence[Line]) -> list[PurchaseDay]:
    days: list[PurchaseDay] = []
    for day, of_day in itertools.groupby(lines, key=DAY):
        day_lines = list(of_day)
        margins = [line.margin for line in day_lines if line.margin is not None]
        days.append(
            PurchaseDay(
                day=day,
                baskets=len({line.transaction_id for line in day_lines}),
                lines=len(day_lines),
                amount=sum(line.amount for line in day_lines),
                margin=sum(margins) if margins else None,
                returned=sum(line.returned for line in day_lines),
                gap_days=(day - days[-1].day).days if days else None,
            )
        )
    return days
