"""Runs the nights of consecutive dates, each with the sets of the nights before it as history."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from time import monotonic

import typer

from conf.settings import Settings
from jobs.commit.commits import Commit, committed
from jobs.commit.ledger import read_ledger
from jobs.core.console_tables import print_rows
from jobs.core.lake import Lake
from jobs.publishing.manifest_file import read_manifest
from jobs.run.night import run_stages
from jobs.run_context import RunContext
from jobs.sources.fingerprint import history_facts
from jobs.sources.pinned_inputs import pinned, pinned_facts

PLACES = 2


@dataclass(frozen=True)
class Night:
    """One date of a replay.

    Attributes:
        outcome: `published`, or `verified`: published before, from the same inputs, and found as it was.
        value: what the plan is worth, in the currency.
        gap: share by which a better plan could exceed it.
    """

    date: str
    outcome: str
    offered: int
    value: float
    gap: float
    seconds: float


def print_replay(settings: Settings, first: date, last: date, *, as_json: bool) -> None:
    """Run the nights with a line for each, then a table; what stopped them is raised after the table.

    Raises:
        BadParameter: the first date is after the last.
        Exception: as `replay`.
    """
    if first > last:
        raise typer.BadParameter(f"--from {first} is after --to {last}")
    nights: list[Night] = []
    try:
        for night in replay(settings, first, last, lambda line: typer.echo(line, err=True)):
            nights.append(night)
            if not as_json:
                typer.echo(_line(night))
    finally:
        rows = [asdict(night) | ({} if as_json else {"gap": f"{night.gap:.1e}"}) for night in nights]
        print_rows(f"{first} to {last}", rows, as_json=as_json)


def replay(settings: Settings, first: date, last: date, warn: Callable[[str], None]) -> Iterator[Night]:
    """The nights in order, in one Spark session.

    Raises:
        Exception: what stopped a night; `warn` has said which one, and no later night has begun.
    """
    for number in range((last - first).days + 1):
        context = RunContext(settings, first + timedelta(days=number))
        try:
            yield _night(context)
        except Exception:
            are = "is" if number == 1 else "are"
            warn(f"the night of {context.as_of} failed and the replay stops; {number} of its nights {are} published")
            raise


def is_from_the_same_inputs(context: RunContext, commit: Commit) -> bool:
    """Whether code, settings, sources, models and earlier sets are what the set says it was made from."""
    lake, as_of, output = context.lake, context.as_of, context.settings.deployment.output
    inputs = pinned(lake, as_of)
    if inputs is None or inputs.changed(context.settings) or not lake.has("scored_with", as_of):
        return False
    now = {
        "code_sha256": inputs.code_sha256,
        "settings_sha256": inputs.settings_sha256,
        "sources": pinned_facts(lake, as_of),
        "history": history_facts(read_ledger(output).before(commit), as_of),
        "models": lake.read_arrow("scored_with", as_of).sort_by("model").to_pylist(),
    }
    manifest = read_manifest(commit.folder).plain()
    return all(manifest.get(part) == fact for part, fact in now.items())


def _night(context: RunContext) -> Night:
    began = monotonic()
    output = context.settings.deployment.output
    commit = committed(output, context.as_of)
    is_known = commit is not None and Lake(context.settings.deployment.lake).has("candidates", context.as_of)
    if commit and is_known and is_from_the_same_inputs(context, commit):
        from jobs.run.verify import verify_set  # noqa: PLC0415

        verify_set(context.settings, commit.folder)
        return _facts(commit, "verified", began)
    run_stages(context)
    now = committed(output, context.as_of)
    if now is None:
        raise RuntimeError(f"the night of {context.as_of} ended without a committed set")
    return _facts(now, "verified" if commit else "published", began)


def _facts(commit: Commit, outcome: str, began: float) -> Night:
    manifest = read_manifest(commit.folder)
    return Night(
        date=commit.as_of.isoformat(),
        outcome=outcome,
        offered=manifest.statuses["offered"],
        value=float(manifest.plan.value),
        gap=manifest.plan.gap,
        seconds=round(monotonic() - began, PLACES),
    )


def _line(night: Night) -> str:
    return (
        f"{night.date}  {night.outcome}: {night.offered:,} offers worth {night.value:,.2f}, "
        f"gap {night.gap:.1e}, {night.seconds:.1f} s"
    )
