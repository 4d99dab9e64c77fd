"""The gate of the list of consents: without a complete, fresh and readable list nobody is contacted."""

from dataclasses import dataclass
from datetime import date, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from conf.deployment import Consent
from expectations.figures import UNIQUE
from expectations.gate import GateReport
from expectations.notes import in_future
from expectations.tables import table
from jobs.candidates.spellings import ID_FORM, IS_STRAY, IS_STRAY_TOPIC, ChannelNames, with_id_form, with_readings
from jobs.core.errors import ConsentError
from jobs.gates.consent_growth import ListCopy, check_growth
from jobs.gates.source_gate import SourceGate
from jobs.gates.usual_rows import usual_rows
from jobs.run_context import RunContext
from jobs.sources.pinned_inputs import FIRST, read_at

FUTURE = in_future("updated_at")
HAS_CUSTOMER = "a customer has the id"


def check_consents(
    context: RunContext, gate: SourceGate | None, report: GateReport | None, customers: DataFrame, copy: str
) -> None:
    """Say no when the list is not there, stale or shrunk, when it lost a no, or when answers in it would be misread.

    Args:
        gate, report: of the list; None where sources.yaml names none.
        customers: customer_id of everybody in the table of customers.
        copy: the table of the lake that holds the list.

    Raises:
        ConsentError: see above.
    """
    consent = context.settings.deployment.consent
    if gate is None or report is None:
        if consent.unknown_is == "refused":
            raise ConsentError("consents: sources.yaml names no list, and unknown is refused: nobody may be contacted")
        return
    _check_answers(context, gate, customers)
    if any(rule.words == UNIQUE for rule in report.warnings) or context.settings.consents_have_topics:
        _tell_conflicts(context, gate)
    _check_shrinkage(context, consent, report.rows, copy)
    reading = ListCopy(copy, context.as_of, read_at(context.lake, copy, context.as_of))
    check_growth(context, customers, gate.noted(), reading)


@dataclass(frozen=True)
class Counts:
    """What was counted of a list.

    Attributes:
        newest: the day of the newest answer that is not of the future.
        stray, stray_topic: answers about a channel, and about a topic, that nobody knows.
        early: a yes that lies in the future.
        refusals, unknown: every no, and those whose id no customer has.
    """

    newest: date | None
    stray: int
    stray_topic: int
    early: int
    refusals: int
    unknown: int


def _check_answers(context: RunContext, gate: SourceGate, customers: DataFrame) -> None:
    settings = context.settings
    names = ChannelNames.of(settings)
    topics = ChannelNames.of_topics(settings) if settings.consents_have_topics else None
    forms = (
        with_id_form(customers.select("customer_id")).select(ID_FORM).distinct().withColumn(HAS_CUSTOMER, F.lit(True))
    )

    def judged(answers: DataFrame) -> DataFrame:
        return with_readings(answers, names, topics).join(forms, ID_FORM, "left")

    is_early_yes = F.col("is_allowed") & F.col(FUTURE)
    is_unknown = ~F.col("is_allowed") & F.col(HAS_CUSTOMER).isNull()
    conditions = (F.col(IS_STRAY), F.col(IS_STRAY_TOPIC), is_early_yes, ~F.col("is_allowed"), is_unknown)
    figures = map(F.count_if, conditions)
    newest = F.max(F.when(~F.col(FUTURE), F.to_date("updated_at")))  # an answer of the future makes no list fresh
    counts = Counts(*judged(gate.noted()).agg(newest, *figures).collect()[0])
    limit = settings.deployment.consent.max_age_days
    if limit and (counts.newest is None or counts.newest < context.as_of - timedelta(days=limit)):
        raise ConsentError(f"consents: the newest answer is of {counts.newest}; at most {limit} days may pass")
    if counts.early:
        locations = gate.locations("updated_at", is_early_yes)
        raise ConsentError(
            f"consents: updated_at of a yes must not lie in the future ({_rows(counts.early)}: {locations}); it would "
            "outweigh every later no"
        )
    if counts.stray:
        locations = gate.locations("channel", F.col(IS_STRAY), judged)
        _tell_stray(context, "channel", "one of channels.csv", locations, counts.stray)
    if counts.stray_topic:
        locations = gate.locations("topic", F.col(IS_STRAY_TOPIC), judged)
        _tell_stray(context, "topic", "that of an offer", locations, counts.stray_topic)
    if counts.unknown:
        _tell_unknown(context, gate.locations("customer_id", is_unknown, judged), counts)


def _tell_unknown(context: RunContext, locations: str, counts: Counts) -> None:
    """A no of nobody is lost if its id is that of a customer, written in another way."""
    limit = context.settings.deployment.consent.max_unknown_share
    share = counts.unknown / counts.refusals
    message = (
        f"consents: customer_id of a no must be one of customers ({_rows(counts.unknown)}: {locations}), "
        f"{share:.1%} of all that refuse"
    )
    if share > limit:
        raise ConsentError(
            f"{message}; at most {limit:.0%} may be of nobody (deployment.yaml: consent.max_unknown_share)"
        )
    context.say(f"  {message}")


def _tell_stray(context: RunContext, column: str, due: str, locations: str, rows: int) -> None:
    """A yes for a name that nobody knows counts for nothing, a no for all; the name may be meant for another.

    Args:
        column: `channel` or `topic`.
        due: what it must be.
    """
    message = (
        f"consents: {column} must be {due} ({_rows(rows)}: {locations}); correct the name, or list {column}s "
        f"that you do not use in deployment.yaml: consent.other_{column}s"
    )
    if context.settings.deployment.consent.unknown_is == "allowed":
        raise ConsentError(f"{message}. Unknown is allowed here, so a refusal under a wrong name would be overlooked")
    context.say(f"  {message}")


def _tell_conflicts(context: RunContext, gate: SourceGate) -> None:
    """Of rows with the same customer, channel and moment: whether they say the same."""
    further = ["topic"] if context.settings.consents_have_topics else []
    same = gate.noted().groupBy(*table("consents").key, *further)
    both = same.agg(F.count_if("is_allowed").alias("yes"), F.count_if(~F.col("is_allowed")).alias("no"))
    conflicts = both.where((F.col("yes") > 0) & (F.col("no") > 0)).agg(F.sum(F.col("yes") + F.col("no")))
    rows = conflicts.collect()[0][0]
    if rows:
        context.say(f"  consents: is_allowed: a yes and a no of the same moment ({_rows(rows)}); the no counts")


def _check_shrinkage(context: RunContext, consent: Consent, rows: int, copy: str) -> None:
    usual = usual_rows(context, "consents", with_its_own=copy != FIRST)
    if usual is not None and rows < usual.rows * (1 - consent.max_shrink_share):
        raise ConsentError(
            f"consents: {rows:,} rows, and {usual}; at most {consent.max_shrink_share:.0%} may go missing "
            "(deployment.yaml: consent.max_shrink_share)"
        )


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"
