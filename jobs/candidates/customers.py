"""Open customers with every column that formulas and rules read."""

from collections.abc import Collection, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.errors import SettingsError
from jobs.candidates.bitset import to_bitset, width
from jobs.candidates.bitset_columns import word_columns
from jobs.candidates.category_features import with_category_features
from jobs.candidates.combinations import blocked_by_combinations
from jobs.candidates.contact_caps import blocked_by_caps
from jobs.candidates.contact_history import contacts_around, own_contacts, responses_before
from jobs.candidates.contact_policy_blocks import ContactPolicyBlock
from jobs.candidates.household_places import with_places
from jobs.candidates.options import Option
from jobs.candidates.unknown_customers import with_group_scores
from jobs.core.statuses import OPEN
from jobs.run_context import RunContext

UNITS = ("customer_id", "household_id")


def open_customers(
    context: RunContext,
    options: Sequence[Option],
    policy_blocks: Sequence[ContactPolicyBlock],
    columns: Collection[str] = (),
) -> DataFrame:
    """customer_id, household_id, consents, the features, the scores, `blocked_by_policy` and perhaps PLACES.

    `blocked_by_policy` is what contacts of other dates and responses block: a bitset of options for
    each of `policy_blocks`, in their order.

    Args:
        columns: the names that expressions read; features of categories only those among them, as maps.
    """
    lake, as_of = context.lake, context.as_of
    customers = lake.read(context.spark, "population", as_of)
    open_rows = customers.where(F.col("eligibility_status") == OPEN).drop("eligibility_status")
    for name in ("features", "propensities", "values"):
        open_rows = open_rows.join(lake.read(context.spark, name, as_of), "customer_id", "left")
    open_rows = with_group_scores(context, open_rows)
    units = customers.select("customer_id", "household_id")
    contacts = contacts_around(context, as_of).join(units, "customer_id")
    contacts = contacts.withColumn("objective", _objective_of_offer(context))
    blocked = _policy_blocks(context, contacts, units, lake.read(context.spark, "features", as_of))
    open_rows = with_category_features(open_rows, columns)
    open_rows = with_contact_policy_blocks(open_rows, blocked, policy_blocks, len(options))
    return with_places(open_rows, contacts, context.settings, as_of)


def _policy_blocks(context: RunContext, contacts: DataFrame, units: DataFrame, attributes: DataFrame) -> DataFrame:
    policy, as_of = context.settings.policy, context.as_of
    _check_objectives_are_known(context)
    responses = responses_before(context, as_of).join(units, "customer_id")
    responses = responses.withColumn("objective", _objective_of_offer(context))
    by_caps = blocked_by_caps(context.settings.contact_rules_on(as_of), contacts, responses, as_of, attributes)
    return by_caps.unionByName(blocked_by_combinations(policy.combinations_on(as_of), contacts, units, as_of))


def _check_objectives_are_known(context: RunContext) -> None:
    """A rule that counts objectives would overlook what we sent of an offer that nobody knows any more."""
    rules = context.settings.policy.contact_rules_on(context.as_of)
    if not any(rule.objectives or rule.same == "objective" for rule in rules):
        return
    sent = own_contacts(context, lambda day: day != context.as_of).select("offer_id").distinct().collect()
    forgotten = sorted({row["offer_id"] for row in sent} - {offer.id for offer in context.settings.offers})
    if forgotten:
        path = context.settings.folder / "offers.csv"
        raise SettingsError(
            f"{path}: {', '.join(forgotten)} was sent and has no row any more; "
            "keep it with its dates: the contact policy counts objectives"
        )


def _objective_of_offer(context: RunContext) -> Column:
    """Null for the offers of other systems: their objective is not known here, and rules of objectives skip them."""
    objectives = [F.when(F.col("offer_id") == offer.id, offer.objective) for offer in context.settings.offers]
    return F.coalesce(*objectives, F.lit(None).cast("string"))


def with_contact_policy_blocks(
    customers: DataFrame, blocked: DataFrame, policy_blocks: Sequence[ContactPolicyBlock], options: int
) -> DataFrame:
    """Adds `closed` to people.

    Args:
        blocked: unit, unit_id, rule and same, as `contact_caps.blocked_by_caps` gives them.
    """
    sets = [
        (policy_block.rule, same, to_bitset(bitset, options))
        for policy_block in policy_blocks
        for same, bitset in policy_block.options.items()
    ]
    table = customers.sparkSession.createDataFrame(sets, "rule string, same string, words array<bigint>")
    rows = blocked.join(F.broadcast(table), ["rule", "same"])
    per_block = [
        F.bit_or(F.when(F.col("rule") == policy_block.rule, word))
        for policy_block in policy_blocks
        for word in word_columns("words", width(options))
    ]
    for unit in UNITS:
        of_unit = rows.where(F.col("unit") == unit).groupBy(F.col("unit_id").alias(unit))
        customers = customers.join(of_unit.agg(F.array(*per_block).alias(f"blocked_by_policy_{unit}")), unit, "left")
    merged = [_of_either_unit(position) for position in range(len(per_block))]
    return customers.withColumn("blocked_by_policy", F.array(*merged).cast("array<bigint>")).drop(
        *[f"blocked_by_policy_{unit}" for unit in UNITS]
    )


def _of_either_unit(position: int) -> Column:
    """One word of `blocked_by_policy`: what is blocked for the customer or for its household."""
    for_customer, shared = (F.coalesce(F.get(f"blocked_by_policy_{unit}", F.lit(position)), F.lit(0)) for unit in UNITS)
    return for_customer.bitwiseOR(shared)
