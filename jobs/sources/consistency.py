"""Checks that the files of one table are alike, and names the one that is not."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from conf.sources import Source
from expectations.tables import table
from jobs.core.errors import SourceError
from jobs.sources.layouts import Layout, layouts_of

CAUSES = {
    "EOFException": "it is cut",
    "ZipException": "it is damaged",
    "OutOfMemoryError": "the memory of Spark is used up; raise spark.driver.memory in deployment.yaml",
}
"""What Java calls a failure -> what it is."""


def check_alike(name: str, source: Source, files: Sequence[Path]) -> None:
    """Hold the first lines or the footers of all files of a table against one another.

    A column that may be absent from the table may be absent from a Parquet file too, and is null there.

    Raises:
        SourceError: a file that cannot be read, another header, or a column that one file lacks or has as another type.
    """
    layouts = layouts_of(name, source, files)
    if source.format == "parquet":
        _check_footers(name, source, layouts)
    headers = {file: [cell.casefold() for cell in layout.names if cell] for file, layout in layouts.items()}
    for file, header in headers.items() if source.format != "parquet" else ():
        if header != headers[files[0]]:
            raise SourceError(
                f"{name}: the header of {file.name} is not that of {files[0].name}; all files of a table have the "
                "same columns in the same order"
            )


def file_in(error: Exception) -> str:
    """The name of the file that Spark could not read and the reason, as `: <name> (<reason>)`, as far as it says."""
    text = str(error)
    match = re.search(r"while reading file \S*?([^/\s]+?)\.?(\s|$)", text)
    reason = next((words for word, words in CAUSES.items() if word in text), "")
    return (f": {match[1]}" if match else "") + (f" ({reason})" if reason else "")


def _check_footers(name: str, source: Source, layouts: Mapping[Path, Layout]) -> None:
    required = {column.name for column in table(name).columns if column.is_required}
    for ours, theirs in source.columns.items():
        columns = {
            file: column for file, layout in layouts.items() for column in layout.columns if column.theirs == theirs
        }
        lacking = [file for file in layouts if file not in columns] if columns and ours in required else []
        if lacking:
            raise SourceError(f"{name}: {lacking[0].name} has no column {theirs!r}, and other files of the table have")
        words = {file: column.stored.words for file, column in columns.items() if not column.stored.is_empty}
        for file, kind in words.items():
            first, usual = next(iter(words.items()))
            if kind != usual:
                raise SourceError(f"{name}: column {theirs!r} is {kind} in {file.name} and {usual} in {first.name}")
