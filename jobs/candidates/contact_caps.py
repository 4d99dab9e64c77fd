"""The contact policy: what past contacts and answers leave room for tonight.

A cap of `max_contacts` in N days speaks of every N consecutive calendar days that contain as_of. No contact lies after
tonight's, so the fullest of those windows is the one that ends on as_of: the N - 1 days before it, and tonight.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from conf.policy import ContactRule

SAME_COLUMN = {"offer": "offer_id", "objective": "objective", "channel": "channel"}


def closed_by(rules: Sequence[ContactRule], contacts: DataFrame, responses: DataFrame | None, as_of: date) -> DataFrame:
    """What each rule has closed for a customer or household.

    Args:
        contacts: customer_id, household_id, offer_id, channel, objective (null where unknown), contacted_on;
            before as_of.
        responses: customer_id, household_id, offer_id, objective, outcome, responded_on; before as_of.

    Returns:
        Rows of unit_id (a customer or a household, as the rule says), rule, and `same`: the offer, objective or
        channel that is closed, null where all that the rule speaks of are.
    """
    frames = [
        _full(rule, contacts, as_of) if rule.after is None else _paused(rule, responses, as_of)
        for rule in rules
        if rule.after is None or responses is not None
    ]
    empty = _unit_rows(contacts.limit(0), ContactRule(name="none", max_contacts=0, days=1))
    return reduce(lambda left, right: left.unionByName(right), frames, empty.select("unit_id", "rule", "same"))


def is_in_scope(rule: ContactRule) -> Column:
    """Whether a row with offer_id, channel and objective is one that the rule counts, and closes."""
    scope = F.lit(True)
    for column, named in (("channel", rule.channels), ("offer_id", rule.offers), ("objective", rule.objectives)):
        if named is not None:
            scope = scope & F.coalesce(F.col(column).isin(*named), F.lit(False))
    return scope


def unit_column(rule: ContactRule) -> str:
    """Whose contacts the rule counts together."""
    return f"{rule.per}_id"


def _full(rule: ContactRule, contacts: DataFrame, as_of: date) -> DataFrame:
    """Where the window is full already."""
    first_day = as_of - timedelta(days=(rule.days or 1) - 1)
    recent = contacts.where(is_in_scope(rule) & (F.col("contacted_on") >= F.lit(first_day)))
    counted = _unit_rows(recent, rule).groupBy("unit_id", "rule", "same").count()
    return counted.where(F.col("count") >= F.lit(rule.max_contacts)).drop("count")


def _paused(rule: ContactRule, responses: DataFrame, as_of: date) -> DataFrame:
    """Where so many answers of the outcome fell within the days, and the pause after the last has not run out."""
    after = rule.after
    if after is None:
        raise ValueError(f"{rule.name} is not a pause")
    paused_since = as_of - timedelta(days=rule.pause_days or 0)
    answers = responses.withColumn("channel", F.lit(None).cast("string")).where(F.col("outcome") == after.outcome)
    units = _unit_rows(answers.where(is_in_scope(rule)), rule, "responded_on")
    in_order = Window.partitionBy("unit_id", "same").orderBy("responded_on")
    first_of_run = F.lag("responded_on", after.times - 1).over(in_order) if after.times > 1 else F.col("responded_on")
    runs = units.withColumn("first", first_of_run)
    is_run = F.datediff("responded_on", "first") < after.days
    return (
        runs.where(is_run & (F.col("responded_on") > F.lit(paused_since))).select("unit_id", "rule", "same").distinct()
    )


def _unit_rows(rows: DataFrame, rule: ContactRule, *further: str) -> DataFrame:
    same = F.col(SAME_COLUMN[rule.same]) if rule.same else F.lit(None).cast("string")
    known = rows.where(same.isNotNull()) if rule.same else rows
    return known.select(
        F.col(unit_column(rule)).alias("unit_id"), F.lit(rule.name).alias("rule"), same.alias("same"), *further
    )
