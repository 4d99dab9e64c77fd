"""Combinations of offers that exclude or require one another: what past contacts block."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.policy import Combination
from jobs.candidates.contact_caps import BLOCK_COLUMNS
from jobs.candidates.options import Option

UNIT = "customer_id"


def blocked_by_combinations(
    combinations: Sequence[Combination], contacts: DataFrame, customers: DataFrame, as_of: date
) -> DataFrame:
    """What each combination blocks for a customer, in the columns of `contact_caps.blocked_by_caps`.

    Args:
        contacts: customer_id, offer_id, contacted_on; before as_of.
        customers: customer_id of everybody who may get an offer.

    Returns:
        unit, unit_id, rule and `same`, the offer that is blocked, or empty where all offers of the rule are.
    """
    empty = contacts.limit(0).select(*_row(F.lit(""), ""))
    frames = [_blocks_of(combination, contacts, customers, as_of) for combination in combinations]
    return reduce(lambda total, right: total.unionByName(right), frames, empty)


def combines(combination: Combination, option: Option) -> bool:
    """Whether the combination may block an option."""
    return option.offer.id in combination.closes


def _blocks_of(combination: Combination, contacts: DataFrame, customers: DataFrame, as_of: date) -> DataFrame:
    if combination.never_together is not None:
        return _others_of_what_was_sent(combination, combination.never_together, contacts)
    if combination.only_after is not None:
        sent = contacts.where(F.col("offer_id").isin(*combination.only_after))
        return customers.join(sent, UNIT, "left_anti").select(*_row(F.lit(""), combination.name))
    first_day = as_of - timedelta(days=combination.not_within_days or 0)
    is_recent = F.col("contacted_on") >= F.lit(first_day)
    recent = contacts.where(F.col("offer_id").isin(*(combination.after or ())) & is_recent)
    return recent.select(*_row(F.lit(""), combination.name)).distinct()


def _others_of_what_was_sent(combination: Combination, offers: Sequence[str], contacts: DataFrame) -> DataFrame:
    """A customer who was sent one of the offers gets none of the others."""
    sent = contacts.where(F.col("offer_id").isin(*offers)).select(UNIT, F.col("offer_id").alias("sent")).distinct()
    crossed = sent.withColumn("other", F.explode(F.array(*[F.lit(offer) for offer in offers])))
    return crossed.where(F.col("other") != F.col("sent")).select(*_row(F.col("other"), combination.name)).distinct()


def _row(same: Column, rule: str) -> list[Column]:
    columns = {"unit": F.lit(UNIT), "unit_id": F.col(UNIT), "rule": F.lit(rule), "same": same}
    return [columns[name].alias(name) for name in BLOCK_COLUMNS]
