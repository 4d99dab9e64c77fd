"""Sources -> the population, and how many rows each table has; says no when a contract is broken."""

from collections.abc import Mapping
from datetime import date, timedelta

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from conf.sources import SourceName
from expectations.gate import GateFailed, GateReport, check
from expectations.rules import check_across
from expectations.tables import table
from jobs.candidates.consents import EVERYWHERE
from jobs.context import RunContext
from jobs.errors import ConsentError, SourceError
from jobs.inputs import forget_inputs, pin_inputs
from jobs.population import population
from jobs.source_files import READ_FAILURES
from jobs.sources import SOURCE_NAMES, SourceReader

COUNT_SCHEMA = "table_name string, rows bigint, quarantined bigint, newest date"
MOST_CHANNELS = 50
NEWEST = {"transactions": "happened_on", "contacts": "contacted_on", "responses": "responded_on"}


def run(context: RunContext) -> None:
    """Pin the inputs of the date, gate every source table, then say for each customer whether it may be considered."""
    pin_inputs(context)
    try:
        _gate_all(context)
    except (GateFailed, SourceError, ConsentError):
        forget_inputs(context)
        raise


def _gate_all(context: RunContext) -> None:
    reader = context.sources
    frames: dict[SourceName, DataFrame] = {}
    for name in SOURCE_NAMES:
        frame = _read(reader, name, context.as_of)
        if frame is not None:
            frames[name] = frame
    counts = [_gate(context, name, frame) for name, frame in frames.items()]
    _check_consents(context, frames, counts)
    for breach in check_across({str(name): frame for name, frame in frames.items()}):
        context.say(f"  {breach}")
    context.lake.write(context.spark.createDataFrame(counts, COUNT_SCHEMA), "source_counts", context.as_of)
    people = population(frames["customers"], reader.read_clean("consents", None), context.settings)
    check(people, table("population")).raise_if_stopped()
    context.lake.write(people, "population", context.as_of)


def _read(reader: SourceReader, name: SourceName, as_of: date) -> DataFrame | None:
    """One table; consents as they are today."""
    if name != "consents":
        return reader.read(name, as_of)
    try:
        return reader.read(name, None)
    except SourceError as error:
        raise ConsentError(f"{error}; without the list nobody may be contacted") from error


def _gate(context: RunContext, name: SourceName, frame: DataFrame) -> Row:
    if name == "consents" and frame.isEmpty():
        raise ConsentError("consents: the list is empty; nobody may be contacted on the word of an empty list")
    report = _report(name, frame)
    report.raise_if_stopped()
    for breach in (*report.quarantines, *report.warnings):
        context.say(f"  {name}: {breach}")
    newest = _newest(context, name, frame)
    return Row(table_name=name, rows=report.rows, quarantined=report.quarantined, newest=newest)


def _report(name: SourceName, frame: DataFrame) -> GateReport:
    try:
        return check(frame, table(name))
    except READ_FAILURES as error:
        raise SourceError(
            f"{name}: its files cannot be read to the end; look for one that is cut or not like the others"
        ) from error


def _newest(context: RunContext, name: SourceName, frame: DataFrame) -> date | None:
    """The day of the newest row; says no when that is longer ago than sources.yaml allows."""
    if name not in NEWEST:
        return None
    newest: date | None = frame.agg(F.max(NEWEST[name])).first()[0]  # type: ignore[index]
    source = context.settings.sources.get(name)
    limit = source.max_age_days if source else None
    if limit and (newest is None or newest < context.as_of - timedelta(days=limit)):
        raise SourceError(
            f"{name}: the newest row before {context.as_of} is of {newest}, and sources.yaml allows {limit} days; "
            "look for a feed that stopped, or raise max_age_days"
        )
    return newest


def _check_consents(context: RunContext, frames: Mapping[SourceName, DataFrame], counts: list[Row]) -> None:
    """An incomplete list of consents is no list."""
    consent = context.settings.deployment.consent
    if "consents" not in frames:
        if consent.unknown_is == "refused":
            raise ConsentError("consents: sources.yaml names no list, and unknown is refused: nobody may be contacted")
        return
    if consent.max_age_days:
        newest = frames["consents"].agg(F.max(F.to_date("updated_at"))).first()[0]  # type: ignore[index]
        if newest < context.as_of - timedelta(days=consent.max_age_days):
            raise ConsentError(
                f"consents: the newest answer is of {newest}; at most {consent.max_age_days} days may pass"
            )
    _check_channels(context, frames["consents"])
    _check_shrinkage(context, next(row.rows for row in counts if row.table_name == "consents"))


def _check_channels(context: RunContext, consents: DataFrame) -> None:
    """Answers for a channel that nobody knows count for nothing: a no that is lost where unknown is allowed."""
    settings = context.settings
    known = {EVERYWHERE, *(one.id for one in settings.channels), *settings.deployment.consent.other_channels}
    stray = consents.where(~F.col("channel").isin(*known)).groupBy("channel").count().orderBy("channel").collect()
    if not stray:
        return
    found = ", ".join(f"{row['channel']!r} in {row['count']} rows" for row in stray[:5])
    if len(stray) > MOST_CHANNELS:  # then it is another column, of values that are a customer's own
        found = f"of {len(stray)} that are named there, or sources.yaml maps another column"
    said = (
        f"consents: channels.csv has no channel {found}; correct the name, or list channels that you do not use in "
        "deployment.yaml: consent.other_channels"
    )
    if settings.deployment.consent.unknown_is == "allowed":
        raise ConsentError(f"{said}. Unknown is allowed here, so a refusal under a wrong name would be overlooked")
    context.say(f"  {said}")


def _check_shrinkage(context: RunContext, rows: int) -> None:
    allowed = context.settings.deployment.consent.max_shrink_share
    previous = context.lake.newest_before("source_counts", context.as_of)
    if previous is None:
        return
    before = {row["table_name"]: row["rows"] for row in context.lake.read_arrow("source_counts", previous).to_pylist()}
    if rows < before.get("consents", 0) * (1 - allowed):
        raise ConsentError(
            f"consents: {rows} rows, and {before['consents']} on {previous}; at most {allowed:.0%} may go missing "
            "(deployment.yaml: consent.max_shrink_share)"
        )
