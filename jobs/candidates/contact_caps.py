"""The contact policy: what past contacts and responses block on the decision date.

A cap of `max_contacts` in N days holds in every N consecutive calendar days that contain as_of. Where nothing was sent
after as_of, the fullest of those windows is the one that ends on it. Nights may be run in any order, though: contacts
of later dates count in the windows that reach them.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from conf.policy import ContactRule, Outcome
from jobs.candidates.options import Option

BLOCK_COLUMNS = ("unit", "unit_id", "rule", "same")
SAME_COLUMN = {"offer": "offer_id", "objective": "objective", "channel": "channel"}


def blocked_by_caps(rules: Sequence[ContactRule], contacts: DataFrame, responses: DataFrame, as_of: date) -> DataFrame:
    """What each rule blocks for a customer or household.

    Args:
        contacts: customer_id, household_id, offer_id, channel, objective (null where unknown), contacted_on; before
            or after as_of.
        responses: customer_id, household_id, offer_id, objective, outcome, responded_on; before as_of.

    Returns:
        Rows of unit (`customer_id` or `household_id`), unit_id, rule, and `same`: the offer, objective or channel that
        is blocked; empty where everything in the rule's scope is.
    """
    frames = [
        _full(rule, contacts, as_of) if rule.after is None else _paused(rule, rule.after, responses, as_of)
        for rule in rules
    ]
    empty = _unit_rows(contacts.limit(0), ContactRule(name="none", max_contacts=0, days=1))
    return reduce(lambda total, right: total.unionByName(right), frames, empty)


def speaks_of(rule: ContactRule, option: Option) -> bool:
    """Whether an option is one that the rule counts, and blocks."""
    pairs = (
        (rule.channels, option.channel.id),
        (rule.offers, option.offer.id),
        (rule.objectives, option.offer.objective),
    )
    return all(allowed is None or value in allowed for allowed, value in pairs)


def _counts(rule: ContactRule) -> Column:
    """Whether the rule counts a row with offer_id, channel and objective; null where the row does not say."""
    scope = F.lit(True)
    for column, allowed in (("channel", rule.channels), ("offer_id", rule.offers), ("objective", rule.objectives)):
        if allowed is not None:
            scope = scope & F.coalesce(F.col(column).isin(*allowed), F.lit(False))
    return scope


def _full(rule: ContactRule, contacts: DataFrame, as_of: date) -> DataFrame:
    """Where a window that contains as_of is full already."""
    days = rule.days or 1
    offset = F.datediff("contacted_on", F.lit(as_of))
    counted = contacts.where(_counts(rule) & (F.abs(offset) < days)).withColumn("offset", offset)
    by_unit = _unit_rows(counted, rule, "offset").groupBy(*BLOCK_COLUMNS)
    offsets = by_unit.agg(F.collect_list("offset").alias("offsets"), F.max("offset").alias("last"))
    in_fullest = F.when(F.col("last") < 0, F.size("offsets")).otherwise(_in_fullest_window(days))
    return offsets.where(in_fullest >= F.lit(rule.max_contacts)).select(*BLOCK_COLUMNS)


def _in_fullest_window(days: int) -> Column:
    """Of the windows that contain day 0, how many of `offsets` the fullest holds: one that begins at one of them."""
    starts = F.array_append(F.array_distinct(F.filter("offsets", lambda day: day < 0)), F.lit(0))
    return F.array_max(
        F.transform(
            starts,
            lambda start: F.size(F.filter("offsets", lambda day: (day >= start) & (day < start + F.lit(days)))),
        )
    )


def _paused(rule: ContactRule, after: Outcome, responses: DataFrame, as_of: date) -> DataFrame:
    """Where so many answers of the outcome fell within the days, and the pause after the last has not run out."""
    paused_since = as_of - timedelta(days=rule.pause_days or 0)
    any_channel = rule.model_copy(update={"channels": None})  # answers do not say through which channel they came
    answers = responses.where(_counts(any_channel) & (F.col("outcome") == after.outcome))
    units = _unit_rows(answers.withColumn("channel", F.lit(None).cast("string")), rule, "responded_on")
    in_order = Window.partitionBy("unit_id", "same").orderBy("responded_on")
    first_of_run = F.lag("responded_on", after.times - 1).over(in_order) if after.times > 1 else F.col("responded_on")
    runs = units.withColumn("first", first_of_run)
    is_run = F.datediff("responded_on", "first") < after.days
    return runs.where(is_run & (F.col("responded_on") > F.lit(paused_since))).select(*BLOCK_COLUMNS).distinct()


def _unit_rows(rows: DataFrame, rule: ContactRule, *further: str) -> DataFrame:
    """The rows under the names of BLOCK_COLUMNS; a row that does not say what must be the same is of no group."""
    unit = f"{rule.per}_id"
    same = F.col(SAME_COLUMN[rule.same]) if rule.same else F.lit("")
    unit_rows = rows.where(same.isNotNull()).select(F.col(unit).alias("unit_id"), same.alias("same"), *further)
    return unit_rows.withColumns({"unit": F.lit(unit), "rule": F.lit(rule.name)}).select(*BLOCK_COLUMNS, *further)
