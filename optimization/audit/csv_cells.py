"""Cells of published CSV files, as a spreadsheet may open them."""

import csv
from pathlib import Path

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def cells_of(path: Path) -> list[list[str]]:
    """Every row of a file, the header first.

    Raises:
        ValueError, csv.Error: the file is not UTF-8, or a quote is not closed.
    """
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text, strict=True))


def cell(value: object) -> str:
    """A value as it must stand there: text that a spreadsheet would run has an apostrophe first."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
