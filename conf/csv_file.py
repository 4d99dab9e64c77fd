"""Reads a CSV settings file, as spreadsheets save it, into rows that remember their lines."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from conf.csv_cells import DoubtfulCell, as_day, as_number, as_switch, has_decimal_comma, kinds_of
from conf.errors import SettingsError, nearest
from conf.yaml_file import Document, Location, read_text

SEPARATORS = ",;\t|"
NumberedRow = tuple[int, list[str]]


def read_csv(path: Path, row: type[BaseModel] | None = None) -> Document:
    """Read one CSV file with a header into a list of rows; empty cells are left out of their row.

    Cells are parted by commas, semicolons, tabs or bars: by what makes known names of the header. Days, numbers
    and switches are put as YAML has them, where their meaning is certain.

    Args:
        row: what a row becomes; its fields are the columns that are known. None: any columns, parted by commas.

    Raises:
        SettingsError: not readable, not UTF-8, too large, no header, a column that is named twice or nearly as a known
            one, a needed one that is missing, a row with too few or too many cells, a number that may mean two.
    """
    text = read_text(path, encoding="utf-8-sig")
    known = list(row.model_fields) if row else []
    try:
        separator = max(SEPARATORS, key=lambda sign: len(set(_header(text, sign)) & set(known)))
        numbered = list(_numbered(text, separator))
    except csv.Error as error:
        raise SettingsError(f"{path}: not CSV: {error}") from error
    line, header = numbered[0] if numbered else (1, [])
    _check_header(f"{path}:{line}", [name for name in header if name], row)
    rows = [(number, _fitted(f"{path}:{number}", cells, len(header))) for number, cells in numbered[1:]]
    document = _document(path, header, rows)
    if row:
        _normalize(document, row)
    return document


def _numbered(text: str, separator: str) -> Iterator[NumberedRow]:
    """Every row that is not empty, its cells without blanks around them, and the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield begins, stripped
        begins = reader.line_num + 1


def _header(text: str, separator: str) -> list[str]:
    return next(_numbered(text, separator), (1, []))[1]


def _check_header(at: str, names: list[str], row: type[BaseModel] | None) -> None:
    if not names:
        raise SettingsError(f"{at}: no header; the first line names the columns")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(f"{at}: the column {twice[0]!r} is named twice")
    known = row.model_fields if row else {}
    needed = [name for name, field in known.items() if field.is_required() and name not in names]
    others = [name for name in names if name not in known]
    slips = {name: meant for name in others if (meant := _meant(name, list(known)))}
    faults = [f"{at}: no column {name!r}; did you mean {meant!r}?" for name, meant in slips.items()]
    missing = [name for name in needed if name not in slips.values()]
    faults += [f"{at}: the column {name!r} is missing{nearest(name, others)}" for name in missing]
    if faults:
        raise SettingsError("\n".join(faults))


def _meant(name: str, known: list[str]) -> str:
    """The known column that differs from a name in case, blanks and other signs alone."""
    plain = "_".join("".join(letter if letter.isalnum() else " " for letter in name.casefold()).split())
    return plain if plain in known else ""


def _fitted(at: str, cells: list[str], width: int) -> list[str]:
    """The cells of a row without the empty ones that spreadsheets add at its end."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != width:
        hint = "; a cell with the separator in it is put in quotes" if len(cells) > width else ""
        raise SettingsError(f"{at}: {len(cells)} cells, and the header has {width}{hint}")
    return cells


def _document(path: Path, header: list[str], numbered: list[NumberedRow]) -> Document:
    lines: dict[Location, int] = {}
    rows = []
    for position, (line, cells) in enumerate(numbered):
        nameless = [number for number, name in enumerate(header) if not name and cells[number]]
        if nameless:
            raise SettingsError(f"{path}:{line}: column {nameless[0] + 1} has a value and no name in the first line")
        rows.append({name: cell for name, cell in zip(header, cells, strict=True) if cell})
        lines[(position,)] = line
    return Document(path, rows, lines)


def _normalize(document: Document, row: type[BaseModel]) -> None:
    """Put days, numbers and switches as YAML has them."""
    kinds = kinds_of(row)
    rows: list[dict[str, str]] = document.data
    has_commas = any(kinds(name) == "number" and has_decimal_comma(cell) for row in rows for name, cell in row.items())
    for position, cells in enumerate(rows):
        for name, cell in cells.items():
            kind = kinds(name)
            try:
                if kind == "number":
                    cells[name] = as_number(cell, has_decimal_commas=has_commas)
                elif kind == "day":
                    cells[name] = as_day(cell)
                elif kind == "switch":
                    cells[name] = as_switch(cell)
            except DoubtfulCell as error:
                at = f"{document.path}:{document.line((position,))}"
                item = f"{cells['id']}." if "id" in cells else ""
                raise SettingsError(f"{at}: {item}{name}: {error}") from None
