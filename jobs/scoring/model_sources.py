"""The sources that models read: only customers whose data may be used, with categories joined to purchases."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.contact_history import arms_before, contacts_before, responses_before
from jobs.core.statuses import OBJECTOR, QUARANTINED
from jobs.gates.population import population
from jobs.run_context import RunContext
from jobs.sources.reader import SourceReader
from models.features.of_deployment import further_features, wanted
from models.sources import Sources

EVENT_COLUMNS = {"channel": "string", "amount": "bigint"}
"""What events may say beside their kind -> its type in Spark."""


def model_sources(context: RunContext, before: date) -> Sources:
    """Everything dated before the day about customers who are neither objectors nor quarantined."""
    reader = context.sources
    source = context.settings.sources
    customers = _required(reader.read_clean("customers", before))
    statuses = population(customers, reader.read_clean("consents", None), context.settings)
    usable = statuses.where(~F.col("eligibility_status").isin(OBJECTOR, QUARANTINED)).select(
        "customer_id", "household_id"
    )
    attributes = dict(source.customers.attributes)
    return Sources(
        customers=usable.join(customers.select("customer_id", *attributes), "customer_id"),
        attributes=attributes,
        transactions=_purchases(reader, before),
        contacts=contacts_before(context, before) if source.contacts else None,
        responses=responses_before(context, before) if source.responses else None,
        events=_events(reader, before),
        further_features=further_features(context.settings),
        wanted=wanted(context.settings),
        arms=arms_before(context, before) if source.contacts or context.settings.policy.control else None,
    )


def _purchases(reader: SourceReader, before: date) -> DataFrame | None:
    lines = reader.read_clean("transactions", before)
    if lines is None:
        return None
    if "margin" not in lines.columns:
        lines = lines.withColumn("margin", F.lit(None).cast("bigint"))
    products = reader.read_clean("products", before)
    if products is None:
        return lines.withColumn("category", F.lit(None).cast("string"))
    return lines.join(F.broadcast(products.select("product_id", "category")), "product_id", "left")


def _events(reader: SourceReader, before: date) -> DataFrame | None:
    rows = reader.read_clean("events", before)
    if rows is None:
        return None
    absent = {name: F.lit(None).cast(kind) for name, kind in EVENT_COLUMNS.items() if name not in rows.columns}
    return rows.withColumns(absent).select("customer_id", "kind", "happened_on", *EVENT_COLUMNS)


def _required(frame: DataFrame | None) -> DataFrame:
    if frame is None:
        raise ValueError("sources.yaml always names customers")
    return frame
