"""Consents may only grow: a no of an earlier list must not vanish without a newer answer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.gate import check
from expectations.tables import table
from jobs.candidates.consents import ListReading, is_refused, newest_answers
from jobs.candidates.spellings import ABOUT, EVERYWHERE
from jobs.core.errors import ConsentError, SourceError
from jobs.core.lake import Lake
from jobs.run_context import RunContext
from jobs.sources.files import READ_FAILURES
from jobs.sources.pinned_inputs import COPIES, has_read_at, read_at, snapshot
from jobs.sources.reader import SourceReader


@dataclass(frozen=True)
class ListCopy:
    """A list of consents in the lake."""

    table: str
    as_of: date
    read_at: datetime


def check_growth(context: RunContext, customers: DataFrame, consents: DataFrame, now: ListCopy) -> None:
    """Say no when a refusal of the newest list read before is in this one neither as a no nor as a newer yes.

    Counted are refusals of customers that the table of customers still has. A no about more (all channels, all topics)
    replaces one about less. One about what nobody knows may be corrected into any no.

    Raises:
        ConsentError: see above, with the count and the files.
    """
    earlier = newest_copy_before(context.lake, now)
    if earlier is None:
        return
    files = snapshot(context.lake, earlier.table, earlier.as_of)
    location = f"the list read {earlier.read_at:%Y-%m-%d %H:%M} UTC ({', '.join(file.name for file in files)} in "
    location += f"{context.lake.folder(earlier.table, earlier.as_of)})"
    try:
        before = SourceReader(context.spark, context.settings, {"consents": files}, context.table_io)
        answers = before.read("consents", None)
        if answers is None:
            return
        check(answers, table("consents")).raise_if_stopped()
        settings = context.settings
        old = newest_answers(customers, answers, ListReading.of(settings, earlier.read_at)).where(is_refused())
        new = newest_answers(customers, consents, ListReading.of(settings, now.read_at))
        count = lost_refusals(old, new)
    except (SourceError, *READ_FAILURES) as error:
        raise ConsentError(
            f"consents: {location} cannot be compared with, as it is not what sources.yaml says now; when it is sure "
            "that no refusal was lost, move that folder away"
        ) from error
    if count:
        raise ConsentError(
            f"consents: {count:,} {'refusal' if count == 1 else 'refusals'} of {location} went without a newer answer; "
            "a list of consents may only grow"
        )


def newest_copy_before(lake: Lake, now: ListCopy) -> ListCopy | None:
    """The copy that was read last before this one, whatever its date; None: there is none."""
    copies = [
        ListCopy(name, day, read_at(lake, name, day))
        for name in COPIES
        for day in lake.days_before(name, date.max)
        if (name, day) != (now.table, now.as_of) and has_read_at(lake, name, day)
    ]
    copies += [
        ListCopy(name, day, datetime(day.year, day.month, day.day, tzinfo=UTC))  # of a release that did not write when
        for name in COPIES
        for day in lake.days_before(name, now.as_of)
        if not has_read_at(lake, name, day)
    ]
    return max((copy for copy in copies if copy.read_at < now.read_at), key=lambda copy: copy.read_at, default=None)


def lost_refusals(old: DataFrame, new: DataFrame) -> int:
    """How many refusals of an earlier list, as `newest_answers` gives them, a newer list neither keeps nor answers."""
    new = new.withColumn("is_no", is_refused())
    refused = old.select("customer_id", "channel", F.col("no_at").alias("refused_at"), "named_no_at")
    noes = new.where("is_no").groupBy("customer_id").agg(F.collect_set("channel").alias("refuses"))
    of_channel = new.select("customer_id", "channel", "yes_at")
    joined = refused.join(of_channel, ["customer_id", "channel"], "left").join(noes, "customer_id", "left")
    is_kept = (
        F.coalesce(F.arrays_overlap("refuses", _wider()), F.lit(False))
        | F.coalesce(F.col("yes_at") > F.col("refused_at"), F.lit(False))
        | (F.col("named_no_at").isNull() & F.col("refuses").isNotNull())
    )
    return joined.where(~is_kept).count()


def _wider() -> Column:
    """The keys of all answers that are about what the key in `channel` is about, and perhaps about more."""
    channel, topic = (F.split_part("channel", F.lit(ABOUT), F.lit(part)) for part in (1, 2))
    return F.array(F.col("channel"), channel, F.concat(F.lit(EVERYWHERE + ABOUT), topic), F.lit(EVERYWHERE))
