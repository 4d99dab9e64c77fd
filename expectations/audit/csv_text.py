"""Lines of CSV taken apart as the night takes them apart: a line ends where it ends, whatever is quoted."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa
from pyarrow import csv as arrow_csv

BLOCK = 16 * 2**20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
QUOTE, BLANKS = '"', "".join(map(chr, range(33)))
"""What Java's `trim` takes for blank: the blank and all control characters."""


def csv_batches(file: IO[bytes], separator: str, count: int, *, skips_bad_lines: bool) -> Iterator[pa.RecordBatch]:
    """Every column as text, called by its place, an empty cell null; the first line that is not blank is the header.

    Args:
        file: read in blocks, so that no more than one of them is held.
        separator: of cells.
        count: how many cells a whole line has.
        skips_bad_lines: whether a line with too few or too many cells is passed over.

    Raises:
        ValueError: a line is not whole and not to be passed over.
    """
    is_below = False
    for block in _blocks(file):
        rest = block
        while not is_below and rest:
            line, rest = _first_line(rest)
            is_below = bool(line.strip(BLANKS.encode()))
        if is_below:
            yield _parsed(rest, count, separator, skips_bad_lines=skips_bad_lines)


def lines_of(file: IO[bytes]) -> Iterator[str]:
    """The lines of a text, without their ends and the mark of the byte order."""
    for block in _blocks(file):
        yield from _lines(block)


def cells(line: str, separator: str) -> list[str | None]:
    """The cells of one line. Only a cell that begins with a quote is quoted; quotes inside it are doubled.

    Behind the closing quote blanks are passed over; where anything else stands there, or a quote is never closed, the
    cell is what it looks like.
    """
    row_cells, place = [], 0
    while True:
        cell, place = _cell(line, place, separator)
        row_cells.append(cell or None)
        if place >= len(line):
            return row_cells
        place += 1
        if place == len(line):
            return [*row_cells, None]


def _cell(line: str, start: int, separator: str) -> tuple[str, int]:
    """The cell that begins at a place, and the place of the separator behind it, or of the line's end."""
    if line[start : start + 1] == QUOTE and start + 1 < len(line):
        return _quoted(line, start + 1, separator)
    end = _end(line, start, separator)
    return line[start:end], end


def _quoted(line: str, start: int, separator: str) -> tuple[str, int]:
    parts, place = [], start
    while (quote := line.find(QUOTE, place)) >= 0:
        parts.append(line[place:quote])
        if line[quote + 1 : quote + 2] == QUOTE:
            parts.append(QUOTE)
            place = quote + 2
            continue
        end = len(line) - len(line[quote + 1 :].lstrip(BLANKS.replace(separator, "")))
        if line[end : end + 1] in ("", separator):
            return "".join(parts), end
        end = _end(line, quote, separator)
        return "".join([QUOTE, *parts, line[quote:end]]), end
    return "".join([*parts, line[place:]]), len(line)


def _end(line: str, start: int, separator: str) -> int:
    end = line.find(separator, start)
    return len(line) if end < 0 else end


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Whole lines, as many as fit a block."""
    rest = file.read(len(BYTE_ORDER_MARK))
    rest = b"" if rest == BYTE_ORDER_MARK else rest
    while piece := file.read(BLOCK):
        rest += piece
        end = max(rest.rfind(b"\n"), rest.rfind(b"\r", 0, len(rest) - 1)) + 1  # a last \r may lack its \n
        yield rest[:end]
        rest = rest[end:]
    yield rest


def _first_line(block: bytes) -> tuple[bytes, bytes]:
    end = min(place for place in (block.find(b"\n"), block.find(b"\r"), len(block)) if place >= 0)
    return block[:end], block[end + 1 :]


def _lines(block: bytes) -> list[str]:
    return block.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _parsed(block: bytes, count: int, separator: str, *, skips_bad_lines: bool) -> pa.RecordBatch:
    is_plain = separator.isascii() and QUOTE.encode() not in block and b"\0" not in block
    if not is_plain or any(blank in block for blank in (b"\n ", b"\r ", b"\n\t", b"\r\t")) or not _is_utf8(block):
        return _slowly(block, count, separator, skips_bad_lines=skips_bad_lines)
    names = [str(place) for place in range(count)]
    read = arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=max(len(block), 1))
    handler = (lambda _row: "skip") if skips_bad_lines else None
    parse = arrow_csv.ParseOptions(delimiter=separator, quote_char=False, invalid_row_handler=handler)
    convert = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
    )
    if not block.strip():
        return pa.RecordBatch.from_pylist([], pa.schema([(name, pa.string()) for name in names]))
    table = arrow_csv.read_csv(io.BytesIO(block), read, parse, convert)
    return table.combine_chunks().to_batches()[0]


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _slowly(block: bytes, count: int, separator: str, *, skips_bad_lines: bool) -> pa.RecordBatch:
    """Line by line: quotes, lines of blanks that are none, and bytes that are no text are only read in this way."""
    rows = [cells(line, separator) for line in _lines(block) if line.strip(BLANKS)]
    whole = [row for row in rows if len(row) == count]
    if len(whole) < len(rows) and not skips_bad_lines:
        raise ValueError(f"{len(rows) - len(whole)} lines have too few cells or too many")
    columns = zip(*whole, strict=True) if whole else ([] for _ in range(count))
    arrays = [pa.array(list(column), pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, [str(place) for place in range(count)])


def cells_of(path: Path) -> list[list[str]]:
    """Every row of a file, the header first.

    Raises:
        ValueError, csv.Error: the file is not UTF-8, or a quote is not closed.
    """
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text, strict=True))
