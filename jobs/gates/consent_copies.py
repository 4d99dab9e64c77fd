"""Copies of the list of consents in the lake, each with the moment of its reading and passed by the gate."""

from datetime import UTC, datetime
from pathlib import Path

from pyspark.sql import DataFrame

from conf.sources import Source
from jobs.commit.commits import committed
from jobs.core.errors import ConsentError
from jobs.core.files import sha256_of
from jobs.gates.consent_gate import check_consents
from jobs.gates.consent_growth import ListCopy, newest_copy_before
from jobs.gates.source_gate import SourceGate
from jobs.run_context import RunContext
from jobs.sources.paths import data_files, folder_of
from jobs.sources.pinned_inputs import ASKED, FIRST, LAST, READ_AT, read_at, snapshot
from jobs.sources.reader import SourceReader


def pin_consents_again(context: RunContext, customers: DataFrame) -> None:
    """Keep the list as it is now, for opt-outs that came while the night ran; of a published date, keep it as it was.

    Raises:
        ConsentError, GateFailed: the list has changed since the night began, and does not pass the gate any more.
    """
    lake, as_of = context.lake, context.as_of
    is_over = committed(context.settings.deployment.output, as_of) is not None and not context.is_superseding
    if not (is_over and lake.has(LAST, as_of)):
        take_consents(context, LAST, customers)


def take_consents(context: RunContext, table: str, customers: DataFrame) -> None:
    """Keep the list as it is now as a table of the lake, once it has passed the gate; else keep what was there.

    Raises:
        ConsentError, GateFailed: it does not pass.
    """
    copy_consents(context, ASKED)
    try:
        if context.settings.sources.consents and not _has_passed(context):
            _gate(context, context.settings.sources.consents, customers)
        keep_copy(context, ASKED, table)
    finally:
        context.lake.remove(ASKED, context.as_of)


def copy_consents(context: RunContext, table: str) -> None:
    """Keep the list of consents as it is now, byte for byte, as a table of the lake; without a list it is empty."""
    path = context.settings.sources.consents.path if context.settings.sources.consents else ""
    notes = {READ_AT: datetime.now(UTC).isoformat()}
    context.lake.copy_files(data_files(path), folder_of(path), table, context.as_of, notes)


def keep_copy(context: RunContext, copy: str, table: str) -> None:
    """Copy a copied list once more, with the moment of its reading."""
    lake, as_of = context.lake, context.as_of
    notes = {READ_AT: read_at(lake, copy, as_of).isoformat()}
    lake.copy_files(snapshot(lake, copy, as_of), lake.folder(copy, as_of).absolute(), table, as_of, notes)


def _gate(context: RunContext, source: Source, customers: DataFrame) -> None:
    files = snapshot(context.lake, ASKED, context.as_of)
    if not files:
        raise ConsentError(f"consents: nothing lies at {source.path}; without the list nobody may be contacted")
    reader = SourceReader(context.spark, context.settings, {"consents": files}, context.table_io)
    gate = SourceGate(context, "consents", source, None, reader)
    check_consents(context, gate, gate.judge(), customers, ASKED)


def _has_passed(context: RunContext) -> bool:
    """Whether it is the list that the night's gate let pass, and no other was read since."""
    lake, as_of = context.lake, context.as_of
    before = newest_copy_before(lake, ListCopy(ASKED, as_of, read_at(lake, ASKED, as_of)))
    is_nights_own = before is not None and (before.table, before.as_of) == (FIRST, as_of)
    return is_nights_own and _contents(context, ASKED) == _contents(context, FIRST)


def _contents(context: RunContext, copy: str) -> list[tuple[Path, str]]:
    folder = context.lake.folder(copy, context.as_of)
    return [(file.relative_to(folder), sha256_of(file)) for file in snapshot(context.lake, copy, context.as_of)]
