"""Customers of whom a model knows nothing: the scores of their group take the place of its own."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.core.lake import GROUP_SCORES, IS_NEW
from jobs.run_context import RunContext

NOTHING_KNOWN, NO_RECENT_PURCHASE = "nothing is known of this customer yet", "no purchase since long"
IS_NEW_CUSTOMER = "is a new customer"
"""A column of customers; with blanks in its name, so that it is no feature's, and no expression reads it."""


def with_group_scores(context: RunContext, customers: DataFrame) -> DataFrame:
    """The scores of customers, with those of their group where a model knows nothing of them; and IS_NEW_CUSTOMER.

    Args:
        customers: customer_id and every score.
    """
    if not context.settings.models.with_groups:
        return customers
    of_groups = context.lake.read(context.spark, GROUP_SCORES, context.as_of)
    scores = [name for name in of_groups.columns if name not in ("customer_id", IS_NEW)]
    renamed = of_groups.withColumnsRenamed({name: f"group's {name}" for name in scores} | {IS_NEW: IS_NEW_CUSTOMER})
    joined = customers.join(renamed, "customer_id", "left")
    taken = {name: F.coalesce(F.col(f"group's {name}"), F.col(name)) for name in scores}
    taken[IS_NEW_CUSTOMER] = F.coalesce(F.col(IS_NEW_CUSTOMER), F.lit(False))
    return joined.withColumns(taken).drop(*[f"group's {name}" for name in scores])


def is_for_want_of_history(customers: DataFrame, answer: Column) -> Column | None:
    """Whether an answer is not known of a customer of whom nothing is; None where no fallback is declared.

    What such a customer is blocked by is then called by this cause, and not by the rule that cannot be answered.
    """
    return F.col(IS_NEW_CUSTOMER) & answer.isNull() if IS_NEW_CUSTOMER in customers.columns else None


def score_notes(context: RunContext) -> DataFrame | None:
    """customer_id and `note`, the reason that tells that scores are those of a group; None where none can be."""
    if not context.settings.models.with_groups:
        return None
    rows = context.lake.read(context.spark, GROUP_SCORES, context.as_of)
    scores = [name for name in rows.columns if name not in ("customer_id", IS_NEW)]
    names = F.array_compact(F.array(*[F.when(F.col(name).isNotNull(), F.lit(name)) for name in scores]))
    cause = F.when(F.col(IS_NEW), F.lit(NOTHING_KNOWN)).otherwise(F.lit(NO_RECENT_PURCHASE))
    note = F.concat(F.lit("scores: "), cause, F.lit("; of its group: "), F.array_join(names, ", "))
    return rows.select("customer_id", F.when(F.size(names) > 0, note).alias("note"))
