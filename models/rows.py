"""A history as one feature or label sees it."""

from dataclasses import dataclass, replace

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.histories import History


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

    def __getattr__(self, column: str) -> Column:
        if column not in self.history.columns:
            known = ", ".join(self.history.columns)
            raise AttributeError(f"{self.history.name} has no column {column!r}; it has {known}")
        value = F.col(column)
        if self.window_days is None:
            return value
        is_inside = F.col("days_ahead") < self.window_days if self.is_ahead else F.col("days_ago") <= self.window_days
        return F.when(is_inside, value)
