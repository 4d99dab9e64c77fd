"""Consents: the newest answer for each channel, who objected to everything, and which contacts are opted out."""

from collections.abc import Sequence
from pathlib import Path

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.deployment import Consent
from expectations.gate import check
from expectations.tables import table
from jobs.run_context import RunContext
from jobs.sources.reader import SourceReader

EVERYWHERE = "*"


def newest_consents(consents: DataFrame) -> DataFrame:
    """One row per customer: `consents`, a map of channel (or `*`) to the newest answer; of two as new, no wins.

    Consents are not cut at the decision date: an opt-out counts from the moment it is known.
    """
    newest_first = F.max_by("is_allowed", F.struct("updated_at", (~F.col("is_allowed")).alias("is_refusal")))
    per_channel = consents.groupBy("customer_id", "channel").agg(newest_first.alias("is_allowed"))
    entries = F.map_from_entries(F.collect_list(F.struct("channel", "is_allowed")))
    return per_channel.groupBy("customer_id").agg(entries.alias("consents"))


def is_objector() -> Column:
    """Whether the `consents` of a row refuse every channel at once."""
    return F.coalesce(~F.try_element_at("consents", F.lit(EVERYWHERE)), F.lit(False))


def may_contact(settings: Consent, channel: Column) -> Column:
    """Whether the `consents` of a row allow a channel: its own answer, else that for `*`, else the deployment's."""
    for_channel = F.try_element_at("consents", channel)
    everywhere = F.try_element_at("consents", F.lit(EVERYWHERE))
    return F.coalesce(for_channel, everywhere, F.lit(settings.unknown_is == "allowed"))


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
