"""Consents: the newest answers of each customer, who objected to everything, and which contacts are opted out."""

from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from conf.deployment import Consent
from conf.settings import Settings
from expectations.gate import check
from expectations.tables import table
from jobs.candidates.spellings import (
    EVERYWHERE,
    ID_FORM,
    IS_STRAY,
    TARGETS,
    ChannelNames,
    with_id_form,
    with_readings,
)
from jobs.run_context import RunContext
from jobs.sources.pinned_inputs import read_at, snapshot
from jobs.sources.reader import SourceReader


@dataclass(frozen=True)
class ListReading:
    """How a list of consents is read.

    Attributes:
        names: what its channels can mean.
        read_at: when it was read; a yes of later is one of the future.
    """

    names: ChannelNames
    read_at: datetime

    @classmethod
    def of(cls, settings: Settings, moment: datetime) -> "ListReading":
        """A list that was read at this moment."""
        return cls(ChannelNames.of(settings), moment)


def newest_answers(customers: DataFrame, consents: DataFrame, reading: ListReading) -> DataFrame:
    """customer_id, channel (or `*`), `no_at` and `yes_at`: when the customer last refused it and last allowed it.

    A no is of every customer whose id has its normal form. A yes is of the customer with exactly its id, or of the
    only one with that form. Consents are not cut at the decision date: an opt-out counts from the moment it is known.

    Returns:
        Also `named_no_at`, as `no_at` but without answers about channels that nobody knows. Null: there was none.
    """
    answers = with_readings(consents.select("customer_id", "channel", "is_allowed", "updated_at"), reading.names)
    is_no, no_at = ~F.coalesce("is_allowed", F.lit(False)), end_of_day("updated_at")
    of_form = answers.select(
        ID_FORM, "customer_id", "updated_at", "is_allowed", IS_STRAY, F.explode(TARGETS).alias("channel")
    )
    newest = of_form.groupBy(ID_FORM, F.col("customer_id").alias("written_id"), "channel").agg(
        F.max(F.when(is_no, no_at)).alias("no_at"),
        F.max(F.when(is_no & ~F.col(IS_STRAY), no_at)).alias("named_no_at"),
        F.max(F.when(~is_no, _yes_at(reading.read_at))).alias("yes_at"),
    )
    ids = customers.select("customer_id").where(F.col("customer_id").isNotNull()).distinct()
    is_only = F.count(F.lit(1)).over(Window.partitionBy(ID_FORM)) == 1
    joined = with_id_form(ids).withColumn("is_only", is_only).join(newest, ID_FORM)
    is_theirs = F.col("is_only") | (F.col("written_id") == F.col("customer_id"))
    per_channel = joined.groupBy("customer_id", "channel").agg(
        F.max("no_at").alias("no_at"),
        F.max("named_no_at").alias("named_no_at"),
        F.max(F.when(is_theirs, F.col("yes_at"))).alias("yes_at"),
    )
    return per_channel.where(F.col("no_at").isNotNull() | F.col("yes_at").isNotNull())


def newest_consents(customers: DataFrame, consents: DataFrame, reading: ListReading) -> DataFrame:
    """One row per customer with an answer: `consents`, a map of channel (or `*`) to it; of two as new, no wins."""
    answers = newest_answers(customers, consents, reading)
    entries = F.map_from_entries(F.collect_list(F.struct("channel", (~is_refused()).alias("is_allowed"))))
    return answers.groupBy("customer_id").agg(entries.alias("consents"))


def is_refused() -> Column:
    """Whether a row of `newest_answers` is a no: no yes came after it."""
    return F.col("no_at").isNotNull() & ~F.coalesce(F.col("yes_at") > F.col("no_at"), F.lit(False))


def end_of_day(stamp: str) -> Column:
    """The moment until which a no counts: a stamp at the very start of a day stands for the day."""
    day = F.to_date(stamp)
    end = F.date_add(day, 1).cast("timestamp") - F.expr("INTERVAL '0.000001' SECOND")
    return F.when(F.col(stamp) == day.cast("timestamp"), end).otherwise(F.col(stamp))


def _yes_at(read_at: datetime) -> Column:
    """A yes of the future is older than every no."""
    return F.when(F.col("updated_at") <= F.lit(read_at), F.col("updated_at")).otherwise(
        F.lit("0001-01-01").cast("timestamp")
    )


def is_objector() -> Column:
    """Whether the `consents` of a row refuse every channel at once."""
    return F.coalesce(~F.try_element_at("consents", F.lit(EVERYWHERE)), F.lit(False))


def may_contact(settings: Consent, channel: Column) -> Column:
    """Whether the `consents` of a row allow a channel: its own answer, else that for `*`, else the deployment's."""
    for_channel = F.try_element_at("consents", channel)
    everywhere = F.try_element_at("consents", F.lit(EVERYWHERE))
    return F.coalesce(for_channel, everywhere, F.lit(settings.unknown_is == "allowed"))


def with_opt_outs(
    context: RunContext, contacts: DataFrame, customers: DataFrame, copy: str, rule: Consent | None = None
) -> DataFrame:
    """The contacts (customer_id, channel) with `is_opted_out`: whether a copied list of consents forbids them.

    Args:
        customers: customer_id of everybody who might be meant by an answer.
        copy: the table of the lake that holds the list.
        rule: what silence means; None: what the deployment says.

    Raises:
        GateFailed: the list breaks its contract.
    """
    files = snapshot(context.lake, copy, context.as_of)
    reader = SourceReader(context.spark, context.settings, {"consents": files}, context.table_io)
    consents = reader.read("consents", None)
    if consents is None:
        return contacts.withColumn("is_opted_out", F.lit(False))
    check(consents, table("consents")).raise_if_stopped()
    reading = ListReading.of(context.settings, read_at(context.lake, copy, context.as_of))
    now = contacts.join(newest_consents(customers, consents, reading), "customer_id", "left")
    allowed = may_contact(rule or context.settings.deployment.consent, F.col("channel")) & ~is_objector()
    return now.withColumn("is_opted_out", ~allowed).drop("consents")
