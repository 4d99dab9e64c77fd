"""Open customers with all that formulas and rules may ask about them."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.errors import SettingsError
from jobs.candidates.combinations import closed_by_combinations
from jobs.candidates.contact_caps import closed_by
from jobs.context import RunContext
from jobs.history import contacts_before, own_contacts, responses_before
from jobs.population import OPEN

CLOSED_TYPE = "array<struct<rule:string,same:string>>"


def open_people(context: RunContext) -> DataFrame:
    """customer_id, household_id, consents, the features, the scores, and `closed`: what the contact policy closed."""
    lake, as_of = context.lake, context.as_of
    people = lake.read(context.spark, "population", as_of)
    opened = people.where(F.col("standing") == OPEN).drop("standing")
    for name in ("features", "propensities", "values"):
        opened = opened.join(lake.read(context.spark, name, as_of), "customer_id", "left")
    return _with_closed(opened.drop("categories"), _closed(context, people))


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
    known = [F.when(F.col("offer_id") == offer.id, offer.objective) for offer in context.settings.offers]
    return F.coalesce(*known, F.lit(None).cast("string"))


def _with_closed(people: DataFrame, closed: DataFrame) -> DataFrame:
    for unit in ("customer_id", "household_id"):
        rows = closed.where(F.col("unit") == unit).groupBy(F.col("unit_id").alias(unit))
        people = people.join(rows.agg(F.collect_set(F.struct("rule", "same")).alias(f"closed_{unit}")), unit, "left")
    none = F.array().cast(CLOSED_TYPE)
    merged = F.array_union(F.coalesce("closed_customer_id", none), F.coalesce("closed_household_id", none))
    return people.withColumn("closed", merged).drop("closed_customer_id", "closed_household_id")
