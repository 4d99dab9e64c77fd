"""What the commands have in common: how a deployment, a date and changed settings are said."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from conf.settings import Settings
    from jobs.context import RunContext

CONF = Annotated[Path, typer.Option("--conf", help="The deployment's folder.")]
AS_OF = Annotated[datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The decision date.")]
SET = Annotated[list[str], typer.Option("--set", help="Change one setting: file.key=value. May be repeated.")]
JSON = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def context_of(conf: Path, as_of: datetime, changes: list[str], *, is_quiet: bool = False) -> "RunContext":
    """The surroundings of a command; a quiet one prints its result alone."""
    from jobs.context import RunContext, say_nothing  # noqa: PLC0415

    return RunContext(settings_of(conf, changes), as_of.date(), say_nothing if is_quiet else typer.echo)


def settings_of(conf: Path, changes: list[str]) -> "Settings":
    """The deployment's settings with these changes; raises SettingsError."""
    from conf.load import load  # noqa: PLC0415

    return load(conf, changes)
