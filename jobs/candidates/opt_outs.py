"""Contacts held against the consents of now."""

from collections.abc import Sequence
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.gate import check
from expectations.tables import table
from jobs.candidates.consents import is_objector, may_contact, newest_consents
from jobs.run_context import RunContext
from jobs.sources.reader import SourceReader


def with_opt_outs(context: RunContext, contacts: DataFrame, files: Sequence[Path]) -> DataFrame:
    """The contacts (customer_id, channel) with `is_opted_out`: whether the list in these files forbids them.

    Raises:
        GateFailed: the list breaks its contract.
    """
    reader = SourceReader(context.spark, context.settings, {"consents": files}, context.table_io)
    consents = reader.read("consents", None)
    if consents is None:
        return contacts.withColumn("is_opted_out", F.lit(False))
    check(consents, table("consents")).raise_if_stopped()
    now = contacts.join(newest_consents(consents), "customer_id", "left")
    allowed = may_contact(context.settings.deployment.consent, F.col("channel")) & ~is_objector()
    return now.withColumn("is_opted_out", ~allowed).drop("consents")
