"""Combinations of offers that exclude or require one another: what contacts of other dates block."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.contact_policy import Combination
from jobs.candidates.contact_caps import BLOCK_COLUMNS
from jobs.candidates.options import Option

UNIT = "customer_id"
BEFORE = "before"
"""In `same`: the offers of `after`, which would come too near before what was sent on a later date."""


def blocked_by_combinations(
    combinations: Sequence[Combination], contacts: DataFrame, customers: DataFrame, as_of: date
) -> DataFrame:
    """What each combination blocks for a customer, in the columns of `contact_caps.blocked_by_caps`.

    Args:
        contacts: customer_id, offer_id, contacted_on; before or after as_of.
        customers: customer_id of everybody who may get an offer.

    Returns:
        unit, unit_id, rule and `same`, a key of `blocked_options`.
    """
    empty = contacts.limit(0).select(*_row(F.lit(""), ""))
    frames = [_blocks_of(combination, contacts, customers, as_of) for combination in combinations]
    return reduce(lambda total, right: total.unionByName(right), frames, empty)


def blocked_options(combination: Combination, options: Sequence[Option]) -> dict[str, tuple[int, ...]]:
    """What a combination may block at once -> the positions of these options.

    One offer of `never_together` by its id; the offers of the others together. Where one of them was sent on a later
    date already, the offers of `after` would come too near before it.
    """
    groups: dict[str, tuple[str, ...]]
    if combination.never_together is not None:
        groups = {offer: (offer,) for offer in combination.never_together}
    else:
        groups = {"": combination.offers or (), **({BEFORE: combination.after} if combination.after else {})}
    return {
        same: tuple(position for position, option in enumerate(options) if option.offer.id in offers)
        for same, offers in groups.items()
    }


def _blocks_of(combination: Combination, contacts: DataFrame, customers: DataFrame, as_of: date) -> DataFrame:
    if combination.never_together is not None:
        return _others_of_what_was_sent(combination, combination.never_together, contacts)
    if combination.only_after is not None:
        sent = contacts.where(F.col("offer_id").isin(*combination.only_after) & (F.col("contacted_on") < F.lit(as_of)))
        return customers.join(sent, UNIT, "left_anti").select(*_row(F.lit(""), combination.name))
    days = timedelta(days=combination.not_within_days or 0)
    before = contacts.where(F.col("contacted_on").between(F.lit(as_of - days), F.lit(as_of)))
    after = contacts.where(F.col("contacted_on").between(F.lit(as_of), F.lit(as_of + days)))
    opened = before.where(F.col("offer_id").isin(*(combination.after or ())))
    closed = after.where(F.col("offer_id").isin(*(combination.offers or ())))
    rows = [
        sent.select(*_row(F.lit(same), combination.name)).distinct() for sent, same in ((opened, ""), (closed, BEFORE))
    ]
    return rows[0].unionByName(rows[1])


def _others_of_what_was_sent(combination: Combination, offers: Sequence[str], contacts: DataFrame) -> DataFrame:
    """A customer who was sent one of the offers gets none of the others."""
    sent = contacts.where(F.col("offer_id").isin(*offers)).select(UNIT, F.col("offer_id").alias("sent")).distinct()
    crossed = sent.withColumn("other", F.explode(F.array(*[F.lit(offer) for offer in offers])))
    return crossed.where(F.col("other") != F.col("sent")).select(*_row(F.col("other"), combination.name)).distinct()


def _row(same: Column, rule: str) -> list[Column]:
    columns = {"unit": F.lit(UNIT), "unit_id": F.col(UNIT), "rule": F.lit(rule), "same": same}
    return [columns[name].alias(name) for name in BLOCK_COLUMNS]
