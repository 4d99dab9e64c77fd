"""The data dictionary: every table on one page. `python -m expectations.dictionary > docs/tables.md` writes it."""

import sys
import textwrap
from collections.abc import Iterator

from expectations.references import REFERENCES
from expectations.row_rules import allowed_in_words, range_in_words
from expectations.table import Column, Table
from expectations.tables import all_tables
from expectations.types import WORDS

HEAD = """# Tables

Written by `python -m expectations.dictionary > docs/tables.md` from the declarations in
`expectations/tables/`; do not edit. The declarations are also the tables' schemas and gates: what stands here
is checked every night.

On a breach, one of three things happens: the night stops; the rows are set aside and counted (quarantine); or
a warning is printed and the night goes on (warn). A column in brackets may be absent. Text is UTF-8, and
numbers are finite everywhere. Source tables stand here as the night reads them: mapped by sources.yaml,
typed, and cut at the decision date. [Input gates](input_gates.md) says what else they must be.
"""
COLUMNS = ("column", "type", "unit", "rules", "on breach", "meaning")


def page() -> str:
    """The whole page as Markdown."""
    tables = "\n".join("\n".join(_table(table)) for table in all_tables())
    return f"{HEAD}\n{tables}\n{_across()}"


def _table(table: Table) -> Iterator[str]:
    yield f"## {table.name}\n"
    yield textwrap.fill(f"{table.meaning} {_key(table)} {_size(table)}", 110, break_on_hyphens=False) + "\n"
    yield from _rows(COLUMNS, [_column(column, column.name) for column in table.columns])
    yield from (f"| {' | '.join(_column(column, f'*any {column.name}*'))} |" for column in table.further)
    yield ""


def _key(table: Table) -> str:
    if not table.key:
        return "Rows have no key."
    return f"Key: {', '.join(f'`{name}`' for name in table.key)} (twice: {table.on_duplicate})."


def _size(table: Table) -> str:
    least = "May be empty." if table.may_be_empty else f"At least {table.min_rows} row{'s' * (table.min_rows > 1)}."
    if any(column.on_breach == "quarantine" for column in table.columns):
        return f"{least} At most {table.max_quarantine_share:.0%} of the rows may be set aside."
    return least


def _column(column: Column, name: str) -> tuple[str, ...]:
    shown = name if name.startswith("*") else f"`{name}`" if column.is_required else f"[`{name}`]"
    return (shown, WORDS[column.type], column.unit or "", "; ".join(_rules(column)), column.on_breach, column.meaning)


def _rules(column: Column) -> Iterator[str]:
    yield "may be null" if column.nullable else "never missing"
    if column.minimum is not None or column.maximum is not None:
        yield range_in_words(column)
    if column.allowed is not None:
        yield allowed_in_words(column)


def _across() -> str:
    rows: list[tuple[str, ...]] = [
        (f"`{reference.table}.{reference.column}`", reference.words, reference.severity, reference.meaning)
        for reference in REFERENCES
    ]
    return "\n".join(["## Across tables\n", *_rows(("column", "rule", "on breach", "meaning"), rows), ""])


def _rows(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *rows)]


if __name__ == "__main__":
    sys.stdout.write(page())
