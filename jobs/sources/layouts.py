"""Where the mapped columns of a table lie in each of its files: under a header, in a footer, in a folder's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import types as T

from conf.sources import Source
from jobs.core.errors import SourceError
from jobs.sources.footers import ParquetColumn, footer_of
from jobs.sources.headers import check_text_file, header_of, place_of
from jobs.sources.paths import folder_value

TEXT = ParquetColumn("string", T.StringType())


@dataclass(frozen=True)
class FileColumn:
    """Where one mapped column lies in a file.

    Attributes:
        theirs: its name in sources.yaml.
        place: among the columns of the file; None: a folder's name says its value.
        name: its name in the file, or the key in the folder's name.
        stored: what it is stored as.
    """

    theirs: str
    place: int | None
    name: str
    stored: ParquetColumn


@dataclass(frozen=True)
class Layout:
    """The columns of one file.

    Attributes:
        names: all of them, in order.
        columns: the mapped ones that it has.
        header: the first line of text in columns of blanks.
    """

    names: tuple[str, ...]
    columns: tuple[FileColumn, ...]
    header: str = ""

    def has(self, theirs: str) -> bool:
        """Whether the file has a mapped column."""
        return any(column.theirs == theirs for column in self.columns)


def layouts_of(name: str, source: Source, files: Sequence[Path]) -> dict[Path, Layout]:
    """File -> its layout.

    Raises:
        SourceError: a file is not of the format, or two of its columns have a mapped name.
    """
    layout = _parquet if source.format == "parquet" else _text
    return {file: layout(name, source, _openable(name, file)) for file in files}


def _openable(name: str, file: Path) -> Path:
    if ":" in file.name:
        raise SourceError(f"{name}: the name of {file.name} has a ':', which Spark cannot open; rename it")
    return file


def _text(name: str, source: Source, file: Path) -> Layout:
    check_text_file(name, file)
    header = header_of(name, file, source)
    columns = _placed(name, source, file, [TEXT] * len(header.names), header.names)
    return Layout(header.names, columns, header.line if source.format == "whitespace" else "")


def _parquet(name: str, source: Source, file: Path) -> Layout:
    names, stored = zip(*footer_of(name, file), strict=True)
    columns = _placed(name, source, file, stored, names)
    for column in columns:
        if column.stored.spark_type is None and not column.stored.is_empty:
            raise SourceError(
                f"{name}: column {column.name!r} is {column.stored.words} in {file.name}, which is not read; "
                "write it as text, number, date or time stamp"
            )
        alike = [other for other in names if other.casefold() == column.name.casefold() and column.place is not None]
        if len(alike) > 1:
            raise SourceError(f"{name}: {file.name} has columns {' and '.join(map(repr, alike))}; rename one of them")
    return Layout(names, columns)


def _placed(
    name: str, source: Source, file: Path, stored: Sequence[ParquetColumn], names: Sequence[str]
) -> tuple[FileColumn, ...]:
    columns = []
    for theirs in sorted(set(source.columns.values())):
        place = place_of(theirs, names, f"{name}: {file.name}")
        if place is not None:
            columns.append(FileColumn(theirs, place, names[place], stored[place]))
        elif folder_value(file, theirs) is not None:
            columns.append(FileColumn(theirs, None, theirs, TEXT))
    return tuple(columns)
