"""The dated rows of customers that features and labels aggregate, derived from the sources once for all dates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.sources import Sources

MONEY = 1_000_000
"""Millionths in one unit of the currency, or of a quantity."""


@dataclass(frozen=True, eq=False)
class History:
    """Rows that became known on a day.

    Attributes:
        name: as features declare it.
        day: the column with the day on which the row became known.
        columns: what a feature may aggregate: name -> meaning.
        rows: the rows from the sources, None where the deployment lacks the table.
    """

    name: str
    day: str
    columns: dict[str, str]
    rows: Callable[[Sources], DataFrame | None]

    def before(self, sources: Sources, as_ofs: Sequence[date]) -> DataFrame | None:
        """The rows known at each date, with `as_of` and `days_ago` (1 is the day before as_of)."""
        rows = self.rows(sources)
        return None if rows is None else known_before(rows, self.day, as_ofs)

    def after(self, sources: Sources, as_ofs: Sequence[date]) -> DataFrame | None:
        """The rows of as_of and later, with `as_of` and `days_ahead` (0 is as_of itself): for labels only."""
        rows = self.rows(sources)
        if rows is None:
            return None
        later = at_each(
            rows.where(F.col(self.day) >= F.lit(min(as_ofs))), as_ofs, lambda as_of: as_of <= F.col(self.day)
        )
        return later.withColumn("days_ahead", F.datediff(self.day, "as_of"))


def known_before(rows: DataFrame, day: str, as_ofs: Sequence[date]) -> DataFrame:
    """The as-of cut: each row once per date of `as_ofs` after the row's day; rows without a day are never known."""
    earlier = rows.where(F.col(day) < F.lit(max(as_ofs)))
    known = at_each(earlier, as_ofs, lambda as_of: as_of > F.col(day))
    return known.withColumn("days_ago", F.datediff("as_of", day))


def at_each(rows: DataFrame, as_ofs: Sequence[date], when: Callable[[Column], Column]) -> DataFrame:
    """Each row once per date for which `when` holds, the date in column `as_of`: several dates, one pass."""
    dates = F.array(*[F.lit(one) for one in sorted(set(as_ofs))])
    return rows.withColumn("as_of", F.explode(F.filter(dates, when)))


def _category_baskets(sources: Sources) -> DataFrame | None:
    lines = sources.transactions
    if lines is None:
        return None
    is_return = (F.col("amount") < 0) | (F.col("quantity") < 0)
    return lines.groupBy("customer_id", "transaction_id", "happened_on", "category").agg(
        F.sum("amount").alias("amount"),
        F.sum("margin").alias("margin"),
        F.sum(F.when(is_return, F.abs("amount")).otherwise(0)).alias("returned"),
        F.count(F.lit(1)).alias("lines"),
    )


def _baskets(sources: Sources) -> DataFrame | None:
    rows = _category_baskets(sources)
    if rows is None:
        return None
    sums = [F.sum(column).alias(column) for column in ("amount", "margin", "returned", "lines")]
    return rows.groupBy("customer_id", "transaction_id", "happened_on").agg(
        *sums, F.array_sort(F.collect_set("category")).alias("categories")
    )


def _bought_categories(sources: Sources) -> DataFrame | None:
    rows = _category_baskets(sources)
    return None if rows is None else rows.where(F.col("category").isNotNull())


def _contacts_with_response(sources: Sources) -> DataFrame | None:
    if sources.contacts is None or sources.responses is None:
        return None
    response = sources.responses.select("customer_id", "offer_id", "responded_on")
    contact = sources.contacts.select("customer_id", "offer_id", "contacted_on").distinct()
    joined = contact.join(response, ["customer_id", "offer_id"], "left")
    first = F.min(F.when(F.col("responded_on") >= F.col("contacted_on"), F.col("responded_on")))
    return joined.groupBy("customer_id", "offer_id", "contacted_on").agg(first.alias("first_responded_on"))


_BASKET_SUMS = {
    "amount": "spend, millionths",
    "margin": "margin, millionths; null where no line states one",
    "returned": "amount of the lines that are returns, millionths, positive",
    "lines": "number of lines",
}
BASKETS = History(
    "baskets",
    "happened_on",
    {"happened_on": "day of the purchase", **_BASKET_SUMS, "categories": "the categories bought, without repeats"},
    _baskets,
)
CATEGORY_BASKETS = History(
    "category_baskets",
    "happened_on",
    {"category": "product category", "happened_on": "day of the purchase", **_BASKET_SUMS},
    _bought_categories,
)
CONTACTS = History(
    "contacts",
    "contacted_on",
    {"contacted_on": "day of the contact", "offer_id": "what was offered", "channel": "through what"},
    lambda sources: sources.contacts,
)
RESPONSES = History(
    "responses",
    "responded_on",
    {
        "responded_on": "day of the response",
        "offer_id": "the offer taken up",
        "amount": "money, millionths; may be null",
    },
    lambda sources: sources.responses,
)
ANSWERED_CONTACTS = History(
    "answered_contacts",
    "contacted_on",
    {"contacted_on": "day of the contact", "first_responded_on": "day of its first response; looks ahead: labels only"},
    _contacts_with_response,
)
