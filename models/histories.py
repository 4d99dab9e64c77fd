"""The dated rows of customers that features and labels aggregate, derived from the sources once for all dates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.sources import Sources


@dataclass(frozen=True, eq=False)
class History:
    """Rows that became known on a day.

    Attributes:
        name: what the rows are, in the plural.
        source: the table of Sources they are derived from.
        day: the column, of the table and of the rows, with the day on which the row became known.
        columns: what a feature may aggregate: name -> meaning.
        derive: the rows from the sources; called only where the deployment has the table.
    """

    name: str
    source: Literal["transactions", "contacts", "responses", "events", "arms"]
    day: str
    columns: Mapping[str, str]
    derive: Callable[[Sources], DataFrame]

    def is_in(self, sources: Sources) -> bool:
        """Whether the deployment has the table."""
        return getattr(sources, self.source) is not None

    def before(self, sources: Sources, as_ofs: Sequence[date]) -> DataFrame:
        """The rows known at each date, with `as_of` and `days_ago` (1 is the day before as_of)."""
        return known_before(self.derive(sources), self.day, as_ofs)

    def after(self, sources: Sources, as_ofs: Sequence[date]) -> DataFrame:
        """The rows of as_of and later, with `as_of` and `days_ahead` (0 is as_of itself): for labels only."""
        later = self.derive(sources).where(F.col(self.day) >= F.lit(min(as_ofs)))
        rows = at_each(later, as_ofs, lambda as_of: as_of <= F.col(self.day))
        return rows.withColumn("days_ahead", F.datediff(self.day, "as_of"))


def known_before(rows: DataFrame, day: str, as_ofs: Sequence[date]) -> DataFrame:
    """The as-of cut: each row once per date of `as_ofs` after the row's day; rows without a day are never known."""
    earlier = rows.where(F.col(day) < F.lit(max(as_ofs)))
    earlier_rows = at_each(earlier, as_ofs, lambda as_of: as_of > F.col(day))
    return earlier_rows.withColumn("days_ago", F.datediff("as_of", day))


def at_each(rows: DataFrame, as_ofs: Sequence[date], when: Callable[[Column], Column]) -> DataFrame:
    """Each row once per date for which `when` holds, the date in column `as_of`: several dates, one pass."""
    dates = [F.lit(as_of) for as_of in sorted(set(as_ofs))]
    if len(dates) == 1:  # a constant, which grouping and joins leave out
        return rows.where(when(dates[0])).withColumn("as_of", dates[0])
    return rows.withColumn("as_of", F.explode(F.filter(F.array(*dates), when)))


def _lines(sources: Sources) -> DataFrame:
    lines: DataFrame = sources.transactions  # type: ignore[assignment]  # the caller asks `is_in`
    is_return = (F.col("amount") < 0) | (F.col("quantity") < 0)
    returned = F.when(is_return, F.abs("amount")).otherwise(0)
    return lines.withColumns({"returned": returned, "lines": F.lit(1)})


def _purchase_days(sources: Sources) -> DataFrame:
    baskets = F.count_distinct("transaction_id").alias("baskets")
    sums = [F.sum(name).alias(name) for name in _MEASURES]
    days = _lines(sources).groupBy("customer_id", "happened_on").agg(baskets, *sums)
    previous = F.lag("happened_on").over(Window.partitionBy("customer_id").orderBy("happened_on"))
    return days.withColumn("gap_days", F.datediff("happened_on", previous))


def _category_lines(sources: Sources) -> DataFrame:
    lines = _lines(sources).where(F.col("category").isNotNull())
    # One shuffle serves the category, the customer and the join. Lines are sent as they are: a customer rarely buys
    # a category twice in one file, so that grouping before the shuffle would cost its time for nothing.
    return lines.select("customer_id", "category", "happened_on", *_MEASURES).repartition("customer_id")


def _answered_contacts(sources: Sources) -> DataFrame:
    contacts: DataFrame = sources.contacts  # type: ignore[assignment]  # the caller asks `is_in`
    contact = contacts.select("customer_id", "offer_id", "contacted_on").distinct()
    if sources.responses is None:
        return contact.withColumn("first_responded_on", F.lit(None).cast("date"))
    response = sources.responses.select("customer_id", "offer_id", "responded_on")
    first = F.min(F.when(F.col("responded_on") >= F.col("contacted_on"), F.col("responded_on")))
    joined = contact.join(response, ["customer_id", "offer_id"], "left")
    return joined.groupBy("customer_id", "offer_id", "contacted_on").agg(first.alias("first_responded_on"))


_MEASURES = {
    "amount": "spend, millionths",
    "margin": "margin, millionths; null where no line states one",
    "returned": "amount of the lines that are returns, millionths, positive",
    "lines": "number of lines",
}
PURCHASE_DAYS = History(
    "purchase days",
    "transactions",
    "happened_on",
    {
        "happened_on": "day with at least one purchase",
        "baskets": "number of purchases on it",
        "gap_days": "days since the customer's purchase day before; null for the first",
        **_MEASURES,
    },
    _purchase_days,
)
CATEGORY_LINES = History(
    "lines of a category",
    "transactions",
    "happened_on",
    {"category": "product category", "happened_on": "day of the purchase", **_MEASURES},
    _category_lines,
)
CONTACTS = History(
    "contacts",
    "contacts",
    "contacted_on",
    {"contacted_on": "day of the contact", "offer_id": "what was offered", "channel": "through what"},
    lambda sources: sources.contacts,  # type: ignore[arg-type, return-value]  # the caller asks `is_in`
)
RESPONSES = History(
    "responses",
    "responses",
    "responded_on",
    {"responded_on": "day of the response", "offer_id": "the offer taken up", "amount": "money, millionths, or null"},
    lambda sources: sources.responses,  # type: ignore[arg-type, return-value]  # the caller asks `is_in`
)
EVENTS = History(
    "events",
    "events",
    "happened_on",
    {
        "happened_on": "day of the event",
        "kind": "what happened",
        "channel": "through what, or null",
        "amount": "money, millionths, or null",
    },
    lambda sources: sources.events,  # type: ignore[arg-type, return-value]  # the caller asks `is_in`
)
ANSWERED_CONTACTS = History(
    "contacts with their first response",
    "contacts",
    "contacted_on",
    {"contacted_on": "day of the contact", "first_responded_on": "day of its first response; looks ahead: labels only"},
    _answered_contacts,
)
