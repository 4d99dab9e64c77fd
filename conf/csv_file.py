"""Reads a CSV settings file into rows that remember their lines."""

import csv
import io
from pathlib import Path

from conf.errors import SettingsError
from conf.yaml_file import Document, Location, read_text


def read_csv(path: Path) -> Document:
    """Read one CSV file with a header into a list of rows; empty cells are left out of their row.

    Raises:
        SettingsError: not readable, not UTF-8, too large, no header, a column named twice, a row with too few or too
            many cells.
    """
    try:
        reader = csv.reader(io.StringIO(read_text(path, encoding="utf-8-sig"), newline=""), strict=True)
        header = [cell.strip() for cell in next(reader, [])]
        numbered = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SettingsError(f"{path}: not CSV: {error}") from error
    _check_header(path, header)
    return _document(path, header, numbered)


def _check_header(path: Path, header: list[str]) -> None:
    if not any(header):
        raise SettingsError(f"{path}:1: no header; the first line names the columns")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise SettingsError(f"{path}:1: the column {twice[0]!r} is named twice")


def _document(path: Path, header: list[str], numbered: list[tuple[int, list[str]]]) -> Document:
    lines: dict[Location, int] = {}
    rows = []
    for position, (line, row) in enumerate(numbered):
        if len(row) != len(header):
            raise SettingsError(f"{path}:{line}: {len(row)} cells, and the header has {len(header)}")
        rows.append({name: cell.strip() for name, cell in zip(header, row, strict=True) if cell.strip()})
        lines[(position,)] = line
    return Document(path, rows, lines)
