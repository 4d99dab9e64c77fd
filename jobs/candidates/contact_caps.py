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

from conf.contact_policy import ContactRule, FromAttribute, PauseAfter
from jobs.candidates.options import Option

BLOCK_COLUMNS = ("unit", "unit_id", "rule", "same")
WHOLE_UNTIL = 2**53
"""Numbers from here on are not told apart, and nobody is contacted so often."""
SAME_COLUMN = {"offer": "offer_id", "objective": "objective", "channel": "channel"}


def blocked_by_caps(
    rules: Sequence[ContactRule],
    contacts: DataFrame,
    responses: DataFrame,
    as_of: date,
    customers: DataFrame | None = None,
) -> DataFrame:
    """What each rule blocks for a customer or household.

    Args:
        contacts: customer_id, household_id, offer_id, channel, objective (null where unknown), contacted_on; before
            or after as_of.
        responses: customer_id, household_id, offer_id, objective, outcome, responded_on; before as_of.
        customers: customer_id and the attributes that caps take their maximum from; needed where one does.

    Returns:
        Rows of unit (`customer_id` or `household_id`), unit_id, rule, and `same`: the offer, objective or channel that
        is blocked; empty where everything in the rule's scope is.
    """
    frames = [_blocked_by(rule, contacts, responses, as_of, customers) for rule in rules]
    empty = _unit_rows(contacts.limit(0), ContactRule(name="none", max_contacts=0, days=1))
    return reduce(lambda total, right: total.unionByName(right), frames, empty)


def _blocked_by(
    rule: ContactRule, contacts: DataFrame, responses: DataFrame, as_of: date, customers: DataFrame | None
) -> DataFrame:
    if rule.after is None:
        if isinstance(rule.max_contacts, FromAttribute):
            return _full_for_each(rule, rule.max_contacts, contacts, as_of, customers)
        return _full(rule, contacts, as_of)
    if rule.after.no_response_to is None:
        return _paused(rule, rule.after, responses, as_of)
    return _unanswered(rule, rule.after, contacts, responses, as_of)


def speaks_of(rule: ContactRule, option: Option) -> bool:
    """Whether an option is one that the rule counts, and blocks."""
    if option.offer.id in (rule.excepted or ()):
        return False
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
    if rule.excepted is not None:
        scope = scope & ~F.coalesce(F.col("offer_id").isin(*rule.excepted), F.lit(False))
    return scope


def places_of_households(caps: Sequence[ContactRule], contacts: DataFrame, as_of: date) -> DataFrame:
    """household_id and `places` of the households of which somebody was contacted: how many more contacts may go there.

    Args:
        caps: that count households.

    Returns:
        The least that any cap leaves to anything that it counts by itself; what is full is blocked anyhow.
    """
    rows = [_windows(cap, contacts, as_of).withColumn("most", F.lit(cap.max_contacts)) for cap in caps]
    windows = reduce(lambda total, right: total.unionByName(right), rows)
    left = windows.select(F.col("unit_id").alias("household_id"), (F.col("most") - F.col("in_fullest")).alias("places"))
    return left.where(F.col("places") > 0).groupBy("household_id").agg(F.min("places").alias("places"))


def _full(rule: ContactRule, contacts: DataFrame, as_of: date) -> DataFrame:
    """Where a window that contains as_of is full already."""
    is_full = F.col("in_fullest") >= F.lit(rule.max_contacts)
    return _windows(rule, contacts, as_of).where(is_full).select(*BLOCK_COLUMNS)


def _full_for_each(
    rule: ContactRule, most: FromAttribute, contacts: DataFrame, as_of: date, customers: DataFrame | None
) -> DataFrame:
    """As `_full`, where an attribute says the maximum; whoever wishes none is blocked with or without a contact."""
    if customers is None:
        raise ValueError(f"the attribute {most.attribute!r} of customers is needed")
    value = F.col(most.attribute)
    is_number = (value >= 0) & (value < WHOLE_UNTIL) & (value == F.floor(value))
    wished = F.when(F.coalesce(is_number, F.lit(False)), value).otherwise(F.lit(most.otherwise)).alias("most")
    wishes = customers.select(F.col("customer_id").alias("unit_id"), wished)
    full = _windows(rule, contacts, as_of).join(wishes, "unit_id").where("in_fullest >= most")
    none = {"unit": F.lit("customer_id"), "rule": F.lit(rule.name), "same": F.lit("")}
    return full.select(*BLOCK_COLUMNS).unionByName(wishes.where("most = 0").withColumns(none).select(*BLOCK_COLUMNS))


def _windows(rule: ContactRule, contacts: DataFrame, as_of: date) -> DataFrame:
    """Where anything was sent within the days; `in_fullest`: how much lies in the fullest window with as_of in it."""
    days = rule.days or 1
    offset = F.datediff("contacted_on", F.lit(as_of))
    counted = contacts.where(_counts(rule) & (F.abs(offset) < days)).withColumn("offset", offset)
    by_unit = _unit_rows(counted, rule, "offset").groupBy(*BLOCK_COLUMNS)
    offsets = by_unit.agg(F.collect_list("offset").alias("offsets"), F.max("offset").alias("last"))
    in_fullest = F.when(F.col("last") < 0, F.size("offsets")).otherwise(_in_fullest_window(days))
    return offsets.withColumn("in_fullest", in_fullest)


def _in_fullest_window(days: int) -> Column:
    """Of the windows that contain day 0, how many of `offsets` the fullest holds: one that begins at one of them."""
    starts = F.array_append(F.array_distinct(F.filter("offsets", lambda day: day < 0)), F.lit(0))
    return F.array_max(
        F.transform(
            starts,
            lambda start: F.size(F.filter("offsets", lambda day: (day >= start) & (day < start + F.lit(days)))),
        )
    )


def _paused(rule: ContactRule, after: PauseAfter, responses: DataFrame, as_of: date) -> DataFrame:
    """Where so many answers of the outcome fell within the days, and the pause after the last has not run out."""
    paused_since = as_of - timedelta(days=rule.pause_days or 0)
    units = _answers(rule, responses.where(F.col("outcome") == F.lit(after.outcome)))
    in_order = Window.partitionBy("unit_id", "same").orderBy("responded_on")
    first_of_run = F.lag("responded_on", after.times - 1).over(in_order) if after.times > 1 else F.col("responded_on")
    runs = units.withColumn("first", first_of_run)
    is_run = F.datediff("responded_on", "first") < after.days
    return runs.where(is_run & (F.col("responded_on") > F.lit(paused_since))).select(*BLOCK_COLUMNS).distinct()


def _unanswered(
    rule: ContactRule, after: PauseAfter, contacts: DataFrame, responses: DataFrame, as_of: date
) -> DataFrame:
    """Where the last so many contacts lie within the days, nobody answered since the first, and the pause goes on."""
    needed, paused_since = after.no_response_to or 1, as_of - timedelta(days=rule.pause_days or 0)
    day = F.col("contacted_on")
    is_near = day.between(F.lit(paused_since - timedelta(days=after.days - 1)), F.lit(as_of - timedelta(days=1)))
    before = _unit_rows(contacts.where(_counts(rule) & is_near), rule, "contacted_on").groupBy(*BLOCK_COLUMNS)
    newest = F.slice(F.sort_array(F.collect_list("contacted_on"), asc=False), 1, needed)
    runs = before.agg(newest.alias("newest")).where(F.size("newest") == needed)
    runs = runs.withColumns({"last": F.get("newest", F.lit(0)), "first": F.get("newest", F.lit(needed - 1))})
    answered = _answers(rule, responses).groupBy("unit_id", "same").agg(F.max("responded_on").alias("answered_on"))
    is_run = (F.datediff("last", "first") < after.days) & (F.col("last") > F.lit(paused_since))
    is_answered = F.coalesce(F.col("answered_on") >= F.col("first"), F.lit(False))
    return runs.join(answered, ["unit_id", "same"], "left").where(is_run & ~is_answered).select(*BLOCK_COLUMNS)


def _answers(rule: ContactRule, responses: DataFrame) -> DataFrame:
    """The responses that the rule counts, with `responded_on`."""
    any_channel = rule.model_copy(update={"channels": None})  # answers do not say through which channel they came
    counted = responses.where(_counts(any_channel)).withColumn("channel", F.lit(None).cast("string"))
    return _unit_rows(counted, rule, "responded_on")


def _unit_rows(rows: DataFrame, rule: ContactRule, *further: str) -> DataFrame:
    """The rows under the names of BLOCK_COLUMNS; a row that does not say what must be the same is of no group."""
    unit = f"{rule.per}_id"
    same = F.col(SAME_COLUMN[rule.same]) if rule.same else F.lit("")
    unit_rows = rows.where(same.isNotNull()).select(F.col(unit).alias("unit_id"), same.alias("same"), *further)
    return unit_rows.withColumns({"unit": F.lit(unit), "rule": F.lit(rule.name)}).select(*BLOCK_COLUMNS, *further)
