"""The commands for the ledger; each imports what it needs when it is called, so that --help answers at once."""

from datetime import datetime
from typing import Annotated

import typer

from jobs.cli.options import CONF, SET, settings_of

ledger_app = typer.Typer(help="Look whether what was published is still there, and mend it.", no_args_is_help=True)


@ledger_app.command("check")
def ledger_check(conf: CONF, changes: SET = []) -> None:  # noqa: B006  typer copies it
    """Compare every file of every committed set with what was committed; 15 if one is not as it was."""
    from jobs.run.ledger_care import check_output  # noqa: PLC0415

    settings = settings_of(conf, changes)
    care = check_output(settings)
    _end(care.faults)
    typer.echo(f"{settings.deployment.output}: {care.commits:,} commits, every file as it was committed")


@ledger_app.command("repair")
def ledger_repair(
    *,
    conf: CONF,
    reason: Annotated[str, typer.Option(help="Why; kept in the ledger with your name and the time.")],
    lost: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="A damaged date that cannot be restored: caps that reach it contact nobody."
        ),
    ] = None,
    changes: SET = [],  # noqa: B006
) -> None:
    """Put the ledger back from its copy in the lake and from the commits; 15 if something is still not as it was."""
    from jobs.run.ledger_care import repair_output  # noqa: PLC0415

    care = repair_output(settings_of(conf, changes), lost and lost.date(), reason)
    for sentence in care.done or ["nothing to put back"]:
        typer.echo(sentence)
    _end(care.faults)


def _end(faults: list[str]) -> None:
    """Print the faults, if there are any.

    Raises:
        LedgerBroken: there are.
    """
    from jobs.core.errors import LedgerBroken  # noqa: PLC0415

    for fault in faults:
        typer.echo(f"  {fault}", err=True)
    if faults:
        raise LedgerBroken(
            f"{len(faults):,} {'thing is' if len(faults) == 1 else 'things are'} not as committed. Restore the files "
            "from a copy, or declare the date lost: oneoffer ledger repair --lost DATE --reason WHY"
        )
