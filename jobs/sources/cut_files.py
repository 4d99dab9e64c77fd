"""Text files whose last line was cut: it has no line end, and its last value is only the beginning of one."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from conf.sources import Source
from jobs.core.errors import SourceError

TAIL = 2**20
"""How many bytes before the end are compared; so many lines have every form of a value."""
FORMED = ("customer_id", "updated_at")
"""Columns whose values are compared by their form (digits and letters alike), the others letter by letter."""


def check_last_lines(name: str, source: Source, files: Sequence[Path]) -> None:
    """Refuse a file that was cut within the last value of its last line; lines with too few are the contract's.

    A file may end without a line end. Its last value must then not be a proper beginning of what other lines have in
    that column, and there must be another line to compare it with.

    Raises:
        SourceError: see above; names the file and the line.
    """
    for file in files if source.format != "parquet" else ():
        if _is_cut(file, source):
            raise SourceError(
                f"{name}: line {_lines(file)} of {file.name}, its last one, has no line end and looks cut; get the "
                "whole file (one that is whole may end with a line end)"
            )


def _is_cut(file: Path, source: Source) -> bool:
    header, lines = _header_and_tail(file)
    if lines is None:
        return False
    names = {theirs: ours for ours, theirs in source.columns.items()}
    column = names.get(_cells(header, source)[-1])
    last = _cells(lines[-1], source)
    if column is None or len(last) != len(_cells(header, source)):
        return False
    others = {_form(_cells(line, source)[-1], column) for line in lines[:-1] if line.strip() and line != header}
    form = _form(last[-1], column)
    is_beginning = any(other != form and other.startswith(form) for other in others)
    return not others or is_beginning or lines[-1].count('"') % 2 == 1 or "\ufffd" in last[-1]


def _header_and_tail(file: Path) -> tuple[str, list[str] | None]:
    """The first line that is not blank, and the last lines; None where the last one has its end or says nothing."""
    with file.open("rb") as content:
        header = next((line for line in content if line.strip()), b"")
        start = max(0, content.seek(0, 2) - TAIL)
        content.seek(start)
        tail = content.read()
    text = tail.decode("utf-8-sig", errors="replace")
    lines = re.split(r"\r\n|\r|\n", text)
    has_end = not lines[-1].strip()
    first = re.split(r"\r\n|\r|\n", header.decode("utf-8-sig", errors="replace"))[0]
    return first, None if has_end else lines[1 if start else 0 :]


def _cells(line: str, source: Source) -> list[str]:
    cells = line.split() if source.format == "whitespace" else next(csv.reader([line], delimiter=source.separator), [])
    return cells or [""]


def _form(cell: str, column: str) -> str:
    digits = re.sub(r"\d", "9", cell.strip().casefold())
    return re.sub(r"[^\W\d_]", "a", digits) if column in FORMED else digits


def _lines(file: Path) -> int:
    with file.open("rb") as content:
        return sum(1 for _ in content)
