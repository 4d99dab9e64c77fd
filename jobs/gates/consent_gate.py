"""The gate of the list of consents: without a complete, fresh and readable list nobody is contacted."""

from datetime import timedelta
from pathlib import Path

from pyspark.sql import functions as F

from conf.deployment import Consent
from conf.settings import Settings
from expectations.figures import UNIQUE
from expectations.gate import GateReport
from expectations.notes import in_future
from expectations.tables import table
from jobs.candidates.consents import EVERYWHERE
from jobs.commit.protocol import committed
from jobs.core.errors import ConsentError
from jobs.gates.source_gate import SourceGate
from jobs.gates.usual_rows import usual_rows
from jobs.run_context import RunContext
from jobs.sources.files import data_files, folder_of
from jobs.sources.pinned_inputs import LAST, snapshot

FUTURE = in_future("updated_at")


def check_consents(context: RunContext, gate: SourceGate | None, report: GateReport | None) -> None:
    """Say no when the list is not there, stale or shrunk, or when answers in it would be misread.

    Args:
        gate, report: of the list; None where sources.yaml names none.

    Raises:
        ConsentError: see above.
    """
    consent = context.settings.deployment.consent
    if gate is None or report is None:
        if consent.unknown_is == "refused":
            raise ConsentError("consents: sources.yaml names no list, and unknown is refused: nobody may be contacted")
        return
    _check_answers(context, gate)
    if any(rule.words == UNIQUE for rule in report.warnings):
        _tell_conflicts(context, gate)
    _check_shrinkage(context, consent, report.rows)


def _check_answers(context: RunContext, gate: SourceGate) -> None:
    settings = context.settings
    is_stray = ~F.col("channel").isin(*_known_channels(settings))
    is_early_yes = F.col("is_allowed") & F.col(FUTURE)
    answers = gate.noted()
    newest, stray, early = answers.agg(
        F.max(F.to_date("updated_at")), F.count_if(is_stray), F.count_if(is_early_yes)
    ).collect()[0]
    limit = settings.deployment.consent.max_age_days
    if limit and newest < context.as_of - timedelta(days=limit):
        raise ConsentError(f"consents: the newest answer is of {newest}; at most {limit} days may pass")
    if early:
        locations = gate.locations("updated_at", is_early_yes)
        raise ConsentError(
            f"consents: updated_at of a yes must not lie in the future ({_rows(early)}: {locations}); it would "
            "outweigh every later no"
        )
    if stray:
        _tell_stray(context, gate.locations("channel", is_stray), stray)


def _tell_stray(context: RunContext, locations: str, rows: int) -> None:
    """Answers for a channel that nobody knows count for nothing: a no that is lost where unknown is allowed."""
    message = (
        f"consents: channel must be one of channels.csv ({_rows(rows)}: {locations}); correct the name, or list "
        "channels that you do not use in deployment.yaml: consent.other_channels"
    )
    if context.settings.deployment.consent.unknown_is == "allowed":
        raise ConsentError(f"{message}. Unknown is allowed here, so a refusal under a wrong name would be overlooked")
    context.say(f"  {message}")


def _tell_conflicts(context: RunContext, gate: SourceGate) -> None:
    """Of rows with the same customer, channel and moment: whether they say the same."""
    same = gate.noted().groupBy(*table("consents").key)
    both = same.agg(F.count_if("is_allowed").alias("yes"), F.count_if(~F.col("is_allowed")).alias("no"))
    conflicts = both.where((F.col("yes") > 0) & (F.col("no") > 0)).agg(F.sum(F.col("yes") + F.col("no")))
    rows = conflicts.collect()[0][0]
    if rows:
        context.say(f"  consents: is_allowed: a yes and a no of the same moment ({_rows(rows)}); the no counts")


def _known_channels(settings: Settings) -> list[str]:
    return [EVERYWHERE, *(channel.id for channel in settings.channels), *settings.deployment.consent.other_channels]


def _check_shrinkage(context: RunContext, consent: Consent, rows: int) -> None:
    usual = usual_rows(context, "consents")
    if usual is not None and rows < usual.rows * (1 - consent.max_shrink_share):
        raise ConsentError(
            f"consents: {rows:,} rows, and {usual}; at most {consent.max_shrink_share:.0%} may go missing "
            "(deployment.yaml: consent.max_shrink_share)"
        )


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def pin_consents_again(context: RunContext) -> list[Path]:
    """The list of consents as it is now, for opt-outs that came while the night ran; of a published date, as it was."""
    lake, as_of = context.lake, context.as_of
    is_over = committed(context.settings.deployment.output, as_of) is not None and not context.is_superseding
    if not (is_over and lake.has(LAST, as_of)):
        copy_consents(context, LAST)
    return snapshot(lake, LAST, as_of)


def copy_consents(context: RunContext, table: str) -> None:
    """Keep the list of consents as it is now, byte for byte, as a table of the lake; without a list it is empty."""
    path = context.settings.sources.consents.path if context.settings.sources.consents else ""
    context.lake.copy_files(data_files(path), folder_of(path), table, context.as_of)
