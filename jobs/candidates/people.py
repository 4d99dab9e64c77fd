"""Open customers with all that formulas and rules may ask about them."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.errors import SettingsError
from jobs.candidates.closings import Closing, closings_on
from jobs.candidates.combinations import closed_by_combinations
from jobs.candidates.contact_caps import closed_by
from jobs.candidates.contact_history import contacts_before, own_contacts, responses_before
from jobs.candidates.option_sets import width, words
from jobs.candidates.options import Option
from jobs.candidates.set_columns import word_columns
from jobs.core.statuses import OPEN
from jobs.run_context import RunContext

UNITS = ("customer_id", "household_id")


def open_people(context: RunContext, options: Sequence[Option]) -> DataFrame:
    """customer_id, household_id, consents, the features, the scores, and `closed`.

    `closed` is what past contacts and answers have closed: a set of options for each of `closings_on`, in their order.
    """
    lake, as_of = context.lake, context.as_of
    people = lake.read(context.spark, "population", as_of)
    opened = people.where(F.col("standing") == OPEN).drop("standing")
    for name in ("features", "propensities", "values"):
        opened = opened.join(lake.read(context.spark, name, as_of), "customer_id", "left")
    closings = closings_on(context.settings.policy, options, as_of)
    return with_closed(opened.drop("categories"), _closed(context, people), closings, len(options))


def _closed(context: RunContext, people: DataFrame) -> DataFrame:
    policy, as_of = context.settings.policy, context.as_of
    _check_objectives_are_known(context)
    units = people.select("customer_id", "household_id")
    objective = _objective_of_offer(context)
    contacts = contacts_before(context, as_of).join(units, "customer_id").withColumn("objective", objective)
    responses = responses_before(context, as_of).join(units, "customer_id").withColumn("objective", objective)
    closed = closed_by(policy.contact_rules_on(as_of), contacts, responses, as_of)
    return closed.unionByName(closed_by_combinations(policy.combinations_on(as_of), contacts, units, as_of))


def _check_objectives_are_known(context: RunContext) -> None:
    """A rule that counts objectives would overlook what we sent of an offer that nobody knows any more."""
    rules = context.settings.policy.contact_rules_on(context.as_of)
    if not any(rule.objectives or rule.same == "objective" for rule in rules):
        return
    sent = own_contacts(context, context.as_of).select("offer_id").distinct().collect()
    forgotten = sorted({row["offer_id"] for row in sent} - {offer.id for offer in context.settings.offers})
    if forgotten:
        path = context.settings.folder / "offers.csv"
        raise SettingsError(
            f"{path}: {', '.join(forgotten)} was sent before and has no row any more; "
            "keep it with its dates: the contact policy counts objectives"
        )


def _objective_of_offer(context: RunContext) -> Column:
    """Null for the offers of other systems: their objective is not known here, and rules of objectives skip them."""
    objectives = [F.when(F.col("offer_id") == offer.id, offer.objective) for offer in context.settings.offers]
    return F.coalesce(*objectives, F.lit(None).cast("string"))


def with_closed(people: DataFrame, closed: DataFrame, closings: Sequence[Closing], options: int) -> DataFrame:
    """Adds `closed` to people.

    Args:
        closed: unit, unit_id, rule and same, as `contact_caps.closed_by` gives them.
    """
    sets = [
        (closing.rule, same, words(bitset, options)) for closing in closings for same, bitset in closing.options.items()
    ]
    table = people.sparkSession.createDataFrame(sets, "rule string, same string, words array<bigint>")
    rows = closed.join(F.broadcast(table), ["rule", "same"])
    per_closing = [
        F.bit_or(F.when(F.col("rule") == closing.rule, word))
        for closing in closings
        for word in word_columns("words", width(options))
    ]
    for unit in UNITS:
        of_unit = rows.where(F.col("unit") == unit).groupBy(F.col("unit_id").alias(unit))
        people = people.join(of_unit.agg(F.array(*per_closing).alias(f"closed_{unit}")), unit, "left")
    merged = [_of_either_unit(place) for place in range(len(per_closing))]
    return people.withColumn("closed", F.array(*merged).cast("array<bigint>")).drop(
        *[f"closed_{unit}" for unit in UNITS]
    )


def _of_either_unit(place: int) -> Column:
    """One word of `closed`: what is closed for the customer or for its household."""
    for_customer, shared = (F.coalesce(F.get(f"closed_{unit}", F.lit(place)), F.lit(0)) for unit in UNITS)
    return for_customer.bitwiseOR(shared)
