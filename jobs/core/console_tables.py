"""Prints results as tables for people, or as JSON for machines."""

import json
import sys
from collections.abc import Sequence
from typing import Any

import typer

WIDTH_OF_FILES = 140
"""Letters per line where the output is no terminal: wide enough for an offer's name beside its figures."""


def print_rows(title: str, rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """One line per row under the keys of the first; numbers to the right."""
    if as_json:
        typer.echo(json.dumps(list(rows), indent=2, default=str))
        return
    from rich.console import Console  # noqa: PLC0415  only for people
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=escape(title), title_justify="left")
    names = list(rows[0]) if rows else []
    for name in names:
        is_number = all(isinstance(row[name], int | float) or row[name] is None for row in rows)
        table.add_column(escape(name.replace("_", " ")), justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*(escape(_cell(row[name])) for name in names))  # names are a campaign team's: no markup in them
    Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES).print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,.3f}" if isinstance(value, float) else str(value)
