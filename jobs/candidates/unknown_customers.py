"""Customers of whom a model knows nothing: the scores of their group take the place of its own."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.run_context import RunContext
from jobs.scoring.group_scores import GROUP_SCORES, IS_NEW

NOTE_OF_NEW, NOTE_OF_OTHERS = "nothing is known of this customer yet", "no purchase since long"


def with_group_scores(context: RunContext, customers: DataFrame) -> DataFrame:
    """The scores of customers, with those of their group where a model knows nothing of them.

    Args:
        customers: customer_id and every score.
    """
    if not context.settings.models.with_groups:
        return customers
    of_groups = context.lake.read(context.spark, GROUP_SCORES, context.as_of).drop(IS_NEW)
    scores = [name for name in of_groups.columns if name != "customer_id"]
    renamed = of_groups.withColumnsRenamed({name: f"group's {name}" for name in scores})
    joined = customers.join(renamed, "customer_id", "left")
    taken = {name: F.coalesce(F.col(f"group's {name}"), F.col(name)) for name in scores}
    return joined.withColumns(taken).drop(*[f"group's {name}" for name in scores])


def score_notes(context: RunContext) -> DataFrame | None:
    """customer_id and `note`, the reason that tells that scores are those of a group; None where none can be."""
    if not context.settings.models.with_groups:
        return None
    rows = context.lake.read(context.spark, GROUP_SCORES, context.as_of)
    scores = [name for name in rows.columns if name not in ("customer_id", IS_NEW)]
    names = F.array_compact(F.array(*[F.when(F.col(name).isNotNull(), F.lit(name)) for name in scores]))
    cause = F.when(F.col(IS_NEW), F.lit(NOTE_OF_NEW)).otherwise(F.lit(NOTE_OF_OTHERS))
    note = F.concat(F.lit("scores: "), cause, F.lit("; of its group: "), F.array_join(names, ", "))
    return rows.select("customer_id", F.when(F.size(names) > 0, note).alias("note"))
