"""Contacts, arms and responses of other systems and of our own committed decision sets.

Nothing is appended anywhere: our own history is read from the sets themselves. What other systems report of our own
contacts (the same customer, offer, channel and day) is counted once.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from conf.sources import Source
from jobs.commit.commits import Commit
from jobs.core.errors import SourceError
from jobs.core.table_io import PUBLISHED
from jobs.run_context import RunContext
from jobs.sources.earlier_sets import earlier_sets

CONTACT_COLUMNS = ("customer_id", "offer_id", "channel", "contacted_on")
ARM_COLUMNS = ("customer_id", "offer_id", "contacted_on", "arm")
CONTACT_SCHEMA = "customer_id string, offer_id string, channel string, contacted_on date"
ARM_SCHEMA = "customer_id string, offer_id string, contacted_on date, arm string"
LEAST_OF_PLANNED = 0.5
"""The plan without experiments gives its offers with 1 less the share that explores; chance alone gives that share."""

RESPONSE_SCHEMA = "customer_id string, offer_id string, responded_on date, outcome string, amount bigint"


def contacts_before(context: RunContext, day: date) -> DataFrame:
    """customer_id, offer_id, channel, contacted_on of every contact before the day; who was kept back had none."""
    return _with_contacts_of_others(context, day, own_contacts(context, lambda sent: sent < day))


def contacts_around(context: RunContext, day: date) -> DataFrame:
    """As `contacts_before`, and those of later dates: of our sets (nights may run in any order), and planned ones."""
    ours = own_contacts(context, lambda sent: sent != day)
    source = context.settings.sources.contacts
    every = context.sources.read_clean("contacts", None) if source and _has_planned(source) else None
    if every is None:
        return _with_contacts_of_others(context, day, ours)
    is_to_come = (F.col("contacted_on") >= F.lit(day)) & F.coalesce(F.col("planned"), F.lit(False))
    return _with_contacts_of_others(context, day, ours, _contacts_in(every.where(is_to_come)))


def _has_planned(source: Source) -> bool:
    return "planned" in {*source.columns, *source.constants}


def _with_contacts_of_others(
    context: RunContext, day: date, ours: DataFrame, planned: DataFrame | None = None
) -> DataFrame:
    others = context.sources.read_clean("contacts", day)
    if others is None:
        return ours
    sent = _contacts_in(others)
    return _without_ours(sent if planned is None else sent.unionByName(planned), ours).unionByName(ours)


def _contacts_in(rows: DataFrame) -> DataFrame:
    """Those of the table's rows that are contacts: who was kept back had none."""
    sent = rows.where(~F.col("arm").eqNullSafe("control")) if "arm" in rows.columns else rows
    return sent.select(*CONTACT_COLUMNS)


def _without_ours(reported: DataFrame, ours: DataFrame) -> DataFrame:
    """The rows that other systems report, less one for each equal row of ours."""
    return reported.exceptAll(ours.select(*reported.columns))


def arms_before(context: RunContext, day: date) -> DataFrame:
    """customer_id, offer_id, contacted_on, arm of every part in a measurement before the day, of others and our own."""
    others = context.sources.read_clean("contacts", day)
    ours = own_arms(context, day)
    if others is None or "arm" not in others.columns:
        return ours
    measured = others.where(F.col("arm").isin("treatment", "control"))
    return _without_ours(measured.select(*ARM_COLUMNS), ours).unionByName(ours)


def responses_before(context: RunContext, day: date) -> DataFrame:
    """customer_id, offer_id, responded_on, outcome, amount of every response before the day."""
    responses = context.sources.read_clean("responses", day)
    if responses is None:
        return context.spark.createDataFrame([], RESPONSE_SCHEMA)
    optional = {"outcome": "string", "amount": "bigint"}
    for name, kind in optional.items():
        if name not in responses.columns:
            responses = responses.withColumn(name, F.lit(None).cast(kind))
    return responses.select("customer_id", "offer_id", "responded_on", *optional)


def own_contacts(context: RunContext, is_wanted: Callable[[date], bool]) -> DataFrame:
    """customer_id, offer_id, channel, contacted_on of what our committed sets of some dates sent."""
    return _of_committed_sets(
        context,
        is_wanted,
        CONTACT_SCHEMA,
        lambda decisions: decisions.where(F.col("status") == "offered").select("customer_id", "offer_id", "channel"),
    )


def own_arms(context: RunContext, day: date) -> DataFrame:
    """customer_id, offer_id, contacted_on, arm of what our committed sets before the day measured.

    The control group of an offer is who would have been sent it by the plan without experiments and kept it. Whom that
    same plan chose and who was sent it is the treatment: `probability` tells them from those who got it by chance, or
    in the place of somebody who was kept back.
    """
    return _of_committed_sets(context, lambda sent: sent < day, ARM_SCHEMA, _arms)


def _arms(decisions: DataFrame) -> DataFrame:
    control = decisions.where(F.col("status") == "control").select("customer_id", "offer_id")
    is_planned = (F.col("chosen_by") == "plan") & (F.col("probability") >= LEAST_OF_PLANNED)
    sent = decisions.where((F.col("status") == "offered") & is_planned).select("customer_id", "offer_id")
    treated = sent.join(control.select("offer_id").distinct(), "offer_id", "left_semi")
    return control.withColumn("arm", F.lit("control")).unionByName(treated.withColumn("arm", F.lit("treatment")))


def _of_committed_sets(
    context: RunContext, is_wanted: Callable[[date], bool], schema: str, rows: Callable[[DataFrame], DataFrame]
) -> DataFrame:
    """What `rows` makes of the decisions of each set, with the set's date as `contacted_on`."""
    frame = context.spark.createDataFrame([], schema)
    for commit in (commit for commit in earlier_sets(context).newest() if is_wanted(commit.as_of)):
        path = readable_decisions(commit)
        context.table_io.reads(PUBLISHED, path)
        decisions = context.spark.read.parquet(str(path))
        frame = frame.unionByName(rows(decisions).withColumn("contacted_on", F.lit(commit.as_of)))
    return frame


def readable_decisions(commit: Commit) -> Path:
    """The decisions of a committed set; who was contacted must be known, so a set that is damaged stops the night."""
    path = commit.folder / "decisions.parquet"
    try:
        pq.read_metadata(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise SourceError(
            f"contact history: {path} of the committed set of {commit.as_of} cannot be read; whom it contacted must be "
            "known before anybody is contacted again: restore it from a copy"
        ) from error
    return path
