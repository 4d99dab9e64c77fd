"""A text file whose last value was cut is not evidence: its last no could be older than it was, or another's."""

from expectations.audit.csv_text import QUOTE
from expectations.audit.raw_files import fields_of, header_of, open_text
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
            _refuse_cut_value(content, header_of(path, _separator(table)), table)


def _separator(table: RawTable) -> str | None:
    return table.separator if table.format == "csv" else None


def _refuse_cut_value(content: bytes, names: list[str], table: RawTable) -> None:
    text = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in text.split("\n") if line.strip()][1:]
    column = next((ours for ours, theirs in table.columns.items() if _is_alike(theirs, names[-1])), None)
    if not lines or column is None or len(fields_of(lines[-1], _separator(table))) != len(names):
        return  # nothing of ours is cut, or the number of fields tells
    last, others = lines.pop(), lines[-len(content[-LAST_BYTES:].splitlines()) :]
    drawn = _drawn(last, table, column)
    shapes = {_drawn(line, table, column) for line in others}
    is_beginning = any(len(shape) > len(drawn) and shape[: len(drawn)] == drawn for shape in shapes)
    if not shapes or is_beginning or last.count(QUOTE) % 2 or "\N{REPLACEMENT CHARACTER}" in drawn:
        raise ValueError("the last line of a file is cut")


def _is_alike(name: str, other: str) -> bool:
    return name.strip().casefold() == other.strip().casefold()


def _drawn(line: str, table: RawTable, column: str) -> str:
    value = fields_of(line, _separator(table))[-1].strip().casefold()
    is_formed = column in ("customer_id", "updated_at")
    return "".join("9" if sign.isdecimal() else "a" if is_formed and sign.isalpha() else sign for sign in value)
