"""How many rows a source table usually has, by the counts of the nights before, and of how many nobody is known."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from conf.sources import Source, SourceName
from jobs.core.errors import SourceError
from jobs.run_context import RunContext

NIGHTS = 7
RECENT_DAYS = 31
"""After a longer pause a table may have grown or shrunk by any measure."""


@dataclass(frozen=True)
class Usual:
    """The median of the rows on these nights, the latest first."""

    rows: float
    nights: tuple[date, ...]

    def __str__(self) -> str:
        first, last = self.nights[-1], self.nights[0]
        if first == last:
            return f"{self.rows:,.0f} on {last}"
        return f"usually {self.rows:,.0f} (median of {len(self.nights)} nights, {first} to {last})"


def usual_rows(context: RunContext, name: SourceName, *, with_its_own: bool = False) -> Usual | None:
    """What is usual for a table; None where no night has counted it.

    Of the last seven nights; those of more than a month ago do not count, but for consents, whose list never ages.

    Args:
        with_its_own: whether the night of the date itself is one of them.
    """
    lake, as_of = context.lake, context.as_of
    end = as_of + timedelta(days=1) if with_its_own else as_of
    days = lake.days_before("source_counts", end)[:NIGHTS]
    oldest = date.min if name == "consents" else as_of - timedelta(days=RECENT_DAYS)
    counted = {
        day: row["rows"]
        for day in days
        if day >= oldest
        for row in lake.read_arrow("source_counts", day, table_name=name).to_pylist()
    }
    return Usual(median(counted.values()), tuple(counted)) if counted else None


def check_rows(context: RunContext, name: SourceName, source: Source, rows: int) -> None:
    """Say no when a table has many fewer rows than usual, or many more.

    Raises:
        SourceError: by more than sources.yaml allows.
    """
    usual = usual_rows(context, name)
    if usual is None or not usual.rows:
        return
    share = rows / usual.rows - 1
    shrink, growth = source.max_shrink_share, source.max_growth_share
    for limit, change, may, setting in (
        (shrink, -share, "go missing", "max_shrink_share"),
        (growth, share, "be added", "max_growth_share"),
    ):
        if limit is not None and change > limit:
            raise SourceError(
                f"{name}: {rows:,} rows, and {usual}; at most {limit:.0%} may {may}; a feed may be cut or sent "
                f"twice; else raise sources.{name}.{setting}"
            )


def check_known(name: str, source: Source, rows: int, unknown: int) -> None:
    """Say no when too many rows of a table are about customers whom the table of customers does not have.

    Raises:
        SourceError: more than sources.yaml allows.
    """
    share = source.max_unknown_share
    if share is not None and unknown > share * rows:
        raise SourceError(
            f"{name}.customer_id: {unknown:,} of {rows:,} rows name nobody whom customers knows; at most {share:.0%} "
            f"may; two systems may write ids differently (007 and 7, 7.0 and 7); else raise "
            f"sources.{name}.max_unknown_share"
        )
