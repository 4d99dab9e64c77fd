"""Options that the commands share: deployment, date, changed settings."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conf.micros import Unit

if TYPE_CHECKING:
    from conf.settings import Settings
    from jobs.run_context import RunContext

CONF = Annotated[Path, typer.Option("--conf", help="The deployment's folder.")]
AS_OF = Annotated[
    datetime,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        help="The day on which the messages go out; data dated on or after it are unknown.",
    ),
]
TRAINED_AS_OF = Annotated[
    datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Data dated on or after it are unknown.")
]
SET = Annotated[list[str], typer.Option("--set", help="Change one setting: file.key=value. May be repeated.")]
JSON = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


UNIT = Annotated[
    Unit | None,
    typer.Option(help="Of amounts that are whole numbers; the lake's own candidates are recognised."),
]
SUPERSEDE = Annotated[
    bool,
    typer.Option(
        "--supersede",
        help="Use the inputs as they are now, not as the date's first attempt pinned them; a published set that no "
        "channel has acknowledged is replaced by a corrected one.",
    ),
]
TAKE_OVER = Annotated[
    bool, typer.Option("--take-over", help="Take the date from a run that is frozen; it can publish nothing any more.")
]


def context_of(conf: Path, as_of: datetime, changes: list[str], *, is_quiet: bool = False) -> "RunContext":
    """The run context of a command; a quiet one prints its result alone."""
    from jobs.run_context import RunContext, say_nothing  # noqa: PLC0415

    return RunContext(settings_of(conf, changes), as_of.date(), say_nothing if is_quiet else typer.echo)


def night_context(conf: Path, as_of: datetime, changes: list[str], *, supersede: bool, take_over: bool) -> "RunContext":
    """The run context of stages of the night."""
    context = context_of(conf, as_of, changes)
    context.is_superseding, context.takes_over = supersede, take_over
    return context


def settings_of(conf: Path, changes: list[str]) -> "Settings":
    """The deployment's settings with these changes; raises SettingsError."""
    from conf.load import load  # noqa: PLC0415

    return load(conf, changes)
