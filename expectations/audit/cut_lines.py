"""A text file whose last value was cut is not evidence: its last no could be older than it was, or another's."""

from expectations.audit.csv_text import QUOTE
from expectations.audit.raw_files import fields_of, header_of, open_text, place_of
from expectations.audit.raw_tables import RawTable

LAST_BYTES = 1 << 20
LINE_ENDS = (b"\n", b"\r")


def refuse_cut_files(table: RawTable) -> None:
    """Refuse a file that has no line end where its last value is a proper beginning of what another line has there.

    Ids and stamps are compared by where their digits and letters stand.

    Raises:
        ValueError: a file looks cut, or has no other line to compare its last one with.
    """
    for path in table.files() if table.format != "parquet" else ():
        with open_text(path) as file:
            content = file.read()
        end = content[-64:].rstrip(b" \t")
        if end and not end.endswith(LINE_ENDS):
            _refuse_cut_value(content, header_of(path, table.cell_separator), table)


def _refuse_cut_value(content: bytes, names: list[str], table: RawTable) -> None:
    text = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in text.split("\n") if line.strip()][1:]
    column = next((ours for ours, theirs in table.columns.items() if place_of(theirs, names) == len(names) - 1), None)
    if not lines or column is None or len(fields_of(lines[-1], table.cell_separator)) != len(names):
        return  # nothing of ours is cut, or the number of fields tells
    last, others = lines.pop(), lines[-len(content[-LAST_BYTES:].splitlines()) :]
    drawn = _drawn(last, table, column)
    shapes = {_drawn(line, table, column) for line in others}
    is_beginning = any(len(shape) > len(drawn) and shape[: len(drawn)] == drawn for shape in shapes)
    if not shapes or is_beginning or last.count(QUOTE) % 2 or "\N{REPLACEMENT CHARACTER}" in drawn:
        raise ValueError("the last line of a file is cut")


def _drawn(line: str, table: RawTable, column: str) -> str:
    value = fields_of(line, table.cell_separator)[-1].strip().casefold()
    is_formed = column in ("customer_id", "updated_at")
    return "".join("9" if sign.isdecimal() else "a" if is_formed and sign.isalpha() else sign for sign in value)
