"""Consents: the newest answers of each customer, who objected to everything, and which contacts are opted out."""

import operator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from conf.deployment import Consent
from conf.settings import Settings
from expectations.gate import check
from expectations.tables import table
from jobs.candidates.spellings import (
    ABOUT,
    EVERYWHERE,
    ID_FORM,
    IS_STRAY,
    IS_STRAY_TOPIC,
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
        topics: what its topics can mean; None: it has none.
    """

    names: ChannelNames
    read_at: datetime
    topics: ChannelNames | None = None

    @classmethod
    def of(cls, settings: Settings, moment: datetime) -> "ListReading":
        """A list that was read at this moment."""
        topics = ChannelNames.of_topics(settings) if settings.consents_have_topics else None
        return cls(ChannelNames.of(settings), moment, topics)


def newest_answers(customers: DataFrame, consents: DataFrame, reading: ListReading) -> DataFrame:
    """customer_id, channel (or `*`; `key_of`), `no_at`, `yes_at`: when the customer last refused and last allowed it.

    A no is of every customer whose id has its normal form. A yes is of the customer with exactly its id, or of the
    only one with that form. Consents are not cut at the decision date: an opt-out counts from the moment it is known.

    Returns:
        Also `named_no_at`, as `no_at` but without answers about what nobody knows. Null: there was none.
    """
    names = ("customer_id", "channel", *(["topic"] if reading.topics else []), "is_allowed", "updated_at")
    answers = with_readings(consents.select(*names), reading.names, reading.topics)
    is_named = ~F.col(IS_STRAY) & ~F.col(IS_STRAY_TOPIC)
    is_no, no_at = ~F.coalesce("is_allowed", F.lit(False)), end_of_day("updated_at")
    of_form = answers.select(
        ID_FORM,
        "customer_id",
        "updated_at",
        "is_allowed",
        is_named.alias("is_named"),
        F.explode(TARGETS).alias("channel"),
    )
    newest = of_form.groupBy(ID_FORM, F.col("customer_id").alias("written_id"), "channel").agg(
        F.max(F.when(is_no, no_at)).alias("no_at"),
        F.max(F.when(is_no & F.col("is_named"), no_at)).alias("named_no_at"),
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
    """One row per customer with an answer: `consents`, a map of `key_of` to it; of two as new, no wins."""
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


def may_contact(settings: Consent, channel: Column, topic: Column | None = None) -> Column:
    """Whether the `consents` of a row allow a channel: its own answer, else that for `*`, else the deployment's.

    Args:
        topic: what the contact is about; null: nobody knows, so every no about a topic counts. None: answers are about
            all topics. A no about the topic refuses whatever else was said. A yes about it counts where nothing was
            said about all topics.
    """
    for_channel = F.try_element_at("consents", channel)
    everywhere = F.try_element_at("consents", F.lit(EVERYWHERE))
    stated, silence = F.coalesce(for_channel, everywhere), F.lit(settings.unknown_is == "allowed")
    if topic is None:
        return F.coalesce(stated, silence)
    starts = [F.concat(where, F.lit(ABOUT)) for where in (channel, F.lit(EVERYWHERE))]
    of_topic = [F.try_element_at("consents", F.concat(start, topic)) for start in starts]
    is_refused = reduce(operator.or_, [F.coalesce(~answer, F.lit(False)) for answer in of_topic])
    is_allowed = reduce(operator.or_, [F.coalesce(answer, F.lit(False)) for answer in of_topic])
    noes = F.map_filter(
        "consents", lambda key, answer: ~answer & (key.startswith(starts[0]) | key.startswith(starts[1]))
    )
    refuses_any = F.coalesce(F.size(F.map_keys(noes)) > 0, F.lit(False))
    is_stopped = F.when(topic.isNull(), refuses_any).otherwise(is_refused)
    return ~is_stopped & F.coalesce(stated, F.when(is_allowed, F.lit(True)), silence)


def topic_of(settings: Settings, offer: str) -> Column:
    """The topic of the offer in a column; null where offers.csv has no such offer."""
    topics = [F.when(F.col(offer) == known.id, F.lit(known.about)) for known in settings.offers]
    return F.coalesce(*topics, F.lit(None).cast("string"))


def with_opt_outs(
    context: RunContext, contacts: DataFrame, customers: DataFrame, copy: str, rule: Consent | None = None
) -> DataFrame:
    """The contacts (customer_id, offer_id, channel) with `is_opted_out`: whether a copied list of consents forbids it.

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
    settings = context.settings
    topic = topic_of(settings, "offer_id") if settings.consents_have_topics else None
    allowed = may_contact(rule or settings.deployment.consent, F.col("channel"), topic) & ~is_objector()
    return now.withColumn("is_opted_out", ~allowed).drop("consents")
