"""What the files of a table say of their columns: the header of a text file, and where a mapped column is there."""

import bz2
import csv
import gzip
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from conf.sources import Source
from jobs.core.errors import SourceError

BYTE_ORDER_MARK = "\ufeff"
LINE_END = re.compile(rb"\r\n|\r|\n")
BLANKS = re.compile(r"[ \t\v\f]+")
JAVA_BLANKS = "".join(map(chr, range(33)))
"""What Spark takes for a blank where it looks for a line that says nothing."""
COMPRESSED: dict[str, Callable[[Path], Any]] = {".gz": gzip.GzipFile, ".bz2": bz2.BZ2File}
"""End of a name -> how its content is read; whatever else is compressed is refused."""
NOT_READ = (".deflate", ".lz4", ".snappy", ".xz", ".zip", ".zst", ".zstd")
SAMPLE = 100
"""How many lines say how many cells a line has."""
FORMATS = {
    b"\x1f\x8b": "is compressed by gzip, and its name does not end with .gz; rename it",
    b"BZh": "is compressed by bzip2, and its name does not end with .bz2; rename it",
    b"\x28\xb5\x2f\xfd": "is compressed by zstd; compress it by gzip, or not at all",
    b"\xfd7zXZ": "is compressed by xz; compress it by gzip, or not at all",
    b"PK\x03\x04": "is a zip or an Excel workbook; save it as CSV (UTF-8)",
    b"\xd0\xcf\x11\xe0": "is an Excel workbook; save it as CSV (UTF-8)",
    b"PAR1": "is Parquet; leave `format` out in sources.yaml",
    b"\xff\xfe": "is UTF-16; save it as UTF-8",
    b"\xfe\xff": "is UTF-16; save it as UTF-8",
}
"""How files begin that are no text -> what to do."""


@dataclass(frozen=True)
class Header:
    """The first line of a text file that is not blank.

    Attributes:
        line: as it stands, without a byte order mark.
        names: the names of its cells, without blanks around them, as many as most of the first lines have cells: where
            header and lines differ by separators at their end, these part nothing.
    """

    line: str
    names: tuple[str, ...]


def open_text(file: Path) -> BinaryIO:
    """The content of a text file, decompressed where its name says that it is compressed."""
    return cast("BinaryIO", COMPRESSED[file.suffix](file)) if file.suffix in COMPRESSED else file.open("rb")


def check_text_file(name: str, file: Path) -> None:
    """Refuse what is no text file that night and auditor read.

    Raises:
        SourceError: it is compressed in a way that is not read, or it is no text; says which and what to do.
    """
    if file.suffix in NOT_READ:
        raise SourceError(f"{name}: {file.name} is compressed in a way that is not read; .gz and .bz2 are")
    try:
        with file.open("rb") as content:
            start = content.read(8)
    except OSError as error:
        raise SourceError(f"{name}: {file.name} cannot be read: {error.strerror}") from error
    for begin, advice in FORMATS.items():
        is_named = begin[:2] in (b"\x1f\x8b", b"BZ") and file.suffix in COMPRESSED
        if start.startswith(begin) and not is_named:
            raise SourceError(f"{name}: {file.name} {advice}")


def header_of(name: str, file: Path, source: Source) -> Header:
    """The header of a text file; of an empty file it names nothing.

    Raises:
        SourceError: the file cannot be decompressed.
    """
    try:
        stat = file.stat()
        lines = _first_lines(file, stat.st_mtime_ns, stat.st_size)
    except (OSError, EOFError) as error:
        raise SourceError(f"{name}: {file.name} cannot be decompressed; it is damaged or cut") from error
    if not lines:
        return Header("", ())
    names, *rows = [split(line, source) for line in lines]
    width = Counter(_width(names, row) for row in rows).most_common(1)[0][0] if rows else len(names)
    stripped = [cell.strip() for cell in names[:width]]
    return Header(lines[0], tuple(stripped + [""] * (width - len(names))))


def place_of(wanted: str, names: Sequence[str], where: str) -> int | None:
    """Where a column is among the names; None: it is not there.

    A name that is exactly the wanted one comes first, then one that differs in blanks around it or in case alone.

    Args:
        where: the file, for messages.

    Raises:
        SourceError: two columns have the name.
    """
    for alike in (str, str.strip, lambda name: name.strip().casefold()):
        places = [place for place, name in enumerate(names) if alike(name) == alike(wanted)]
        if len(places) > 1:
            spelled = sorted({names[place] for place in places})
            twice = f"{wanted!r} twice" if spelled == [wanted] else f"{wanted!r} as {' and '.join(map(repr, spelled))}"
            raise SourceError(f"{where} names {twice}; one column must have that name")
        if places:
            return places[0]
    return None


def split(line: str, source: Source) -> list[str]:
    """The cells of one line of a text file."""
    if source.format == "whitespace":
        return [cell for cell in BLANKS.split(line) if cell]
    return next(csv.reader([line], delimiter=source.separator), [])


def _width(names: Sequence[str], row: Sequence[str]) -> int:
    """How many cells a line has; as many as the header if one of them has more that say something."""
    shorter = min(len(names), len(row))
    return len(names) if any(cell.strip() for cell in [*names[shorter:], *row[shorter:]]) else len(row)


@lru_cache(maxsize=4096)
def _first_lines(file: Path, _modified_ns: int, _bytes: int) -> tuple[str, ...]:
    """The header and the lines below it that are looked at, none blank; a file that stays the same is read once."""
    lines: list[str] = []
    with open_text(file) as content:
        for block in content:  # ends at \n; a file of old Macs is one block
            texts = [part.decode("utf-8", "replace") for part in LINE_END.split(block)]
            if not lines:
                texts[0] = texts[0].removeprefix(BYTE_ORDER_MARK)
            lines += [text for text in texts if text.strip(JAVA_BLANKS)]
            if len(lines) > SAMPLE:
                break
    return tuple(lines[: SAMPLE + 1])
