"""Text files whose last line was cut: it has no line end, and its last value is only the beginning of one."""

import re
from collections.abc import Sequence
from pathlib import Path

from conf.sources import Source
from jobs.core.errors import SourceError
from jobs.sources.headers import BYTE_ORDER_MARK, COMPRESSED, LINE_END, open_text, split
from jobs.sources.layouts import Layout, layouts_of

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
    layouts = layouts_of(name, source, files) if source.format != "parquet" else {}
    for file, layout in layouts.items():
        lines = _last_lines(name, file)
        if lines and _is_cut(lines, layout, source):
            raise SourceError(
                f"{name}: line {_count(file)} of {file.name}, its last one, has no line end and looks cut; get the "
                "whole file (one that is whole may end with a line end)"
            )


def _is_cut(lines: Sequence[str], layout: Layout, source: Source) -> bool:
    """Whether the last value of the last line may be the beginning of another."""
    theirs = next((column.theirs for column in layout.columns if column.place == len(layout.names) - 1), None)
    ours = next((ours for ours, mapped in source.columns.items() if mapped == theirs), None)
    rows = [split(line, source) for line in lines if line.strip()]
    last = rows.pop()
    if ours is None or len(last) != len(layout.names):
        return False
    others = {_form(row[-1], ours) for row in rows if row and not _is_header(row, layout)}
    form = _form(last[-1], ours)
    is_beginning = any(other != form and other.startswith(form) for other in others)
    return not others or is_beginning or lines[-1].count('"') % 2 == 1 or "\ufffd" in last[-1]


def _is_header(row: Sequence[str], layout: Layout) -> bool:
    return [cell.strip().removeprefix(BYTE_ORDER_MARK) for cell in row] == list(layout.names)


def _last_lines(name: str, file: Path) -> list[str]:
    """The last lines of a file whose last one has no end; none where it has its end or says nothing.

    Raises:
        SourceError: the file cannot be decompressed to its end.
    """
    try:
        with open_text(file) as content:
            if file.suffix in COMPRESSED:
                tail, is_whole = content.read(), True
            else:
                start = max(0, content.seek(0, 2) - TAIL)
                content.seek(start)
                tail, is_whole = content.read(), start == 0
    except (OSError, EOFError) as error:
        raise SourceError(f"{name}: {file.name} cannot be decompressed; it is damaged or cut") from error
    lines = [line.decode("utf-8", "replace") for line in LINE_END.split(tail)]
    return lines[0 if is_whole else 1 :] if lines[-1].strip() else []


def _form(cell: str, column: str) -> str:
    digits = re.sub(r"\d", "9", cell.strip().casefold())
    return re.sub(r"[^\W\d_]", "a", digits) if column in FORMED else digits


def _count(file: Path) -> int:
    with open_text(file) as content:
        return len(LINE_END.split(content.read()))
