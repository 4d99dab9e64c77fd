"""Copies of the list of consents in the lake, each with the moment of its reading and passed by the gate."""

from datetime import UTC, datetime
from pathlib import Path

from pyspark.sql import DataFrame

from expectations.gate import GateFailed
from jobs.commit.protocol import committed
from jobs.core.errors import ConsentError, SourceError
from jobs.core.files import sha256_of
from jobs.gates.consent_gate import check_consents
from jobs.gates.source_gate import SourceGate
from jobs.run_context import RunContext
from jobs.sources.files import data_files, folder_of
from jobs.sources.pinned_inputs import FIRST, LAST, READ_AT, snapshot
from jobs.sources.reader import SourceReader


def pin_consents_again(context: RunContext, customers: DataFrame) -> None:
    """Keep the list as it is now, for opt-outs that came while the night ran; of a published date, keep it as it was.

    Raises:
        ConsentError, GateFailed: the list has changed since the night began, and does not pass the gate any more.
    """
    lake, as_of = context.lake, context.as_of
    is_over = committed(context.settings.deployment.output, as_of) is not None and not context.is_superseding
    if is_over and lake.has(LAST, as_of):
        return
    copy_consents(context, LAST)
    if context.settings.sources.consents and _contents(context, LAST) != _contents(context, FIRST):
        gate_copy(context, LAST, customers)


def copy_consents(context: RunContext, table: str) -> None:
    """Keep the list of consents as it is now, byte for byte, as a table of the lake; without a list it is empty."""
    path = context.settings.sources.consents.path if context.settings.sources.consents else ""
    notes = {READ_AT: datetime.now(UTC).isoformat()}
    context.lake.copy_files(data_files(path), folder_of(path), table, context.as_of, notes)


def gate_copy(context: RunContext, copy: str, customers: DataFrame) -> None:
    """Hold a copied list against everything that the night's own list must pass; one that does not is not kept.

    Raises:
        ConsentError, GateFailed: it does not pass.
    """
    source = context.settings.sources.consents
    if source is None:
        raise RuntimeError("a deployment without consents has no copy of them")
    files = snapshot(context.lake, copy, context.as_of)
    if not files:
        raise ConsentError(f"consents: nothing lies at {source.path}; without the list nobody may be contacted")
    reader = SourceReader(context.spark, context.settings, {"consents": files}, context.table_io)
    gate = SourceGate(context, "consents", source, None, reader)
    try:
        check_consents(context, gate, gate.judge(), customers, copy)
    except (ConsentError, GateFailed, SourceError):
        context.lake.remove(copy, context.as_of)
        raise


def _contents(context: RunContext, copy: str) -> list[tuple[Path, str]]:
    folder = context.lake.folder(copy, context.as_of)
    return [(file.relative_to(folder), sha256_of(file)) for file in snapshot(context.lake, copy, context.as_of)]
