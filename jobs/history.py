"""What customers were sent before a date: the contacts of other systems and our own committed sets.

Nothing is appended anywhere: our own history is read from the sets themselves, so no contact can be counted twice.
"""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.context import RunContext
from jobs.errors import SourceError
from jobs.publication import Commit, committed_before
from jobs.sources import SourceReader

CONTACT_SCHEMA = "customer_id string, offer_id string, channel string, contacted_on date"
RESPONSE_SCHEMA = "customer_id string, offer_id string, responded_on date, outcome string, amount bigint"


def contacts_before(context: RunContext, day: date) -> DataFrame:
    """customer_id, offer_id, channel, contacted_on of every contact before the day."""
    columns = ["customer_id", "offer_id", "channel", "contacted_on"]
    others = SourceReader(context.spark, context.settings).read_clean("contacts", day)
    own = own_contacts(context, day)
    return own if others is None else others.select(columns).unionByName(own)


def responses_before(context: RunContext, day: date) -> DataFrame:
    """customer_id, offer_id, responded_on, outcome, amount of every response before the day."""
    responses = SourceReader(context.spark, context.settings).read_clean("responses", day)
    if responses is None:
        return context.spark.createDataFrame([], RESPONSE_SCHEMA)
    optional = {"outcome": "string", "amount": "bigint"}
    for name, kind in optional.items():
        if name not in responses.columns:
            responses = responses.withColumn(name, F.lit(None).cast(kind))
    return responses.select("customer_id", "offer_id", "responded_on", *optional)


def own_contacts(context: RunContext, day: date) -> DataFrame:
    """customer_id, offer_id, channel, contacted_on of what our committed sets before the day sent."""
    sets = committed_before(context.settings.deployment.output, day)
    frame = context.spark.createDataFrame([], CONTACT_SCHEMA)
    for one in sets:
        decisions = context.spark.read.parquet(str(_readable(one)))
        sent = decisions.where(F.col("status") == "offered").select("customer_id", "offer_id", "channel")
        frame = frame.unionByName(sent.withColumn("contacted_on", F.lit(one.as_of)))
    return frame


def _readable(one: Commit) -> Path:
    """The decisions of a committed set; who was contacted must be known, so a set that is damaged stops the night."""
    path = one.folder / "decisions.parquet"
    try:
        pq.read_metadata(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise SourceError(
            f"contact history: {path} of the committed set of {one.as_of} cannot be read; whom it contacted must be "
            "known before anybody is contacted again: restore it from a copy"
        ) from error
    return path
