"""A history as one feature or label sees it."""

from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.histories import History

_WORD_BITS = 64


@dataclass(frozen=True)
class Rows:
    """A column outside the window is null, so that aggregates skip it: `rows.amount` is the amount within the window.

    Attributes:
        window_days: rows older than this do not count (for labels: rows this far ahead or further); None: all.
        is_ahead: whether these are the rows from as_of on, which only labels may see.
    """

    history: History
    window_days: int | None
    is_ahead: bool = False

    @property
    def as_of(self) -> Column:
        """The decision date."""
        return F.col("as_of")

    def last(self, days: int) -> "Rows":
        """The same rows in another window."""
        return replace(self, window_days=days)

    def different_days(self) -> Column:
        """How many different days the rows inside the window have, for histories with several rows on a day.

        Each day is a bit of a 64-bit word, so that all windows share one pass; `count_distinct` would take one each.

        Raises:
            ValueError: the window is all history.
        """
        if self.window_days is None:
            raise ValueError("different_days needs a window: its days are counted in as many bits")
        bit = F.col("days_ago") - 1
        counts = []
        for first in range(0, self.window_days, _WORD_BITS):
            is_inside = (bit >= first) & (bit < first + _WORD_BITS)
            shifted = F.call_function("shiftleft", F.lit(1).cast("bigint"), bit - first)
            seen = F.bit_or(F.when(is_inside, shifted))
            wanted = min(self.window_days - first, _WORD_BITS)
            kept = seen if wanted == _WORD_BITS else seen.bitwiseAND(F.lit((1 << wanted) - 1))
            counts.append(F.coalesce(F.bit_count(kept), F.lit(0)))
        return reduce(add, counts)

    def __getattr__(self, column: str) -> Column:
        if column not in self.history.columns:
            names = ", ".join(self.history.columns)
            raise AttributeError(f"{self.history.name} has no column {column!r}; it has {names}")
        value = F.col(column)
        if self.window_days is None:
            return value
        is_inside = F.col("days_ahead") < self.window_days if self.is_ahead else F.col("days_ago") <= self.window_days
        return F.when(is_inside, value)
