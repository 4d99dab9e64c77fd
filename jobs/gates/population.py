"""Who may be considered: every customer's eligibility status before anything is computed about it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from conf.policy import Holdout
from conf.settings import Settings
from expectations.gate import rows_to_quarantine
from expectations.tables import table
from jobs.candidates.consents import ListReading, is_objector, newest_consents
from jobs.core.draws import FOR_HOLDOUT, is_drawn
from jobs.core.secrets import salt as salt_of
from jobs.core.statuses import HOLDOUT, OBJECTOR, OPEN, QUARANTINED


def population(
    customers: DataFrame, consents: DataFrame | None, settings: Settings, read_at: datetime | None = None
) -> DataFrame:
    """customer_id, household_id, eligibility_status and `consents` of every customer.

    A customer without a household is a household of its own. Objectors come before the holdout: nothing is computed
    about them, so they cannot serve as a comparison either.

    Args:
        read_at: when the list of consents was read; None: now.
    """
    customer_rows = customers.select(
        "customer_id", _household(customers), rows_to_quarantine(table("customers")).alias("is_bad")
    )
    reading = ListReading.of(settings, read_at or datetime.now(UTC))
    answers = newest_consents(customer_rows, consents, reading) if consents is not None else None
    joined = (
        customer_rows.join(answers, "customer_id", "left")
        if answers
        else customer_rows.withColumn("consents", _no_answers())
    )
    held = _with_holdout(joined, settings.policy.holdout)
    eligibility_status = (
        F.when(F.col("is_bad"), QUARANTINED)
        .when(is_objector(), OBJECTOR)
        .when(F.col("is_held_out"), HOLDOUT)
        .otherwise(OPEN)
    )
    return held.select("customer_id", "household_id", eligibility_status.alias("eligibility_status"), "consents")


def _household(customers: DataFrame) -> Column:
    if "household_id" not in customers.columns:
        return F.col("customer_id").alias("household_id")
    stated = F.when(F.trim("household_id") != "", F.col("household_id"))  # blank ids are not one shared household
    return F.coalesce(stated, "customer_id").alias("household_id")


def _no_answers() -> Column:
    return F.lit(None).cast("map<string,boolean>")


def _with_holdout(customer_rows: DataFrame, holdout: Holdout | None) -> DataFrame:
    if holdout is None:
        return customer_rows.withColumn("is_held_out", F.lit(False))
    salt, share, unit = salt_of(holdout.salt), holdout.share, f"{holdout.per}_id"

    def draw(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            ids = batch.column(unit).to_numpy(zero_copy_only=False)
            is_held_out = is_drawn(ids, share=share, salt=salt, purpose=FOR_HOLDOUT)
            yield batch.append_column("is_held_out", pa.array(is_held_out, pa.bool_()))

    schema = T.StructType([*customer_rows.schema, T.StructField("is_held_out", T.BooleanType())])
    return customer_rows.mapInArrow(draw, schema)
