"""Checks that the files of one table are alike; Spark would ignore some differences and name no file for others."""

import gzip
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from conf.sources import Source
from expectations.tables import table
from jobs.core.errors import SourceError
from jobs.sources.files import BYTE_ORDER_MARK

COMPRESSED = {".bz2", ".deflate", ".lz4", ".snappy", ".zst"}
"""Text that only Spark reads here; it finds another header by itself, and names no file."""


def check_alike(name: str, source: Source, files: Sequence[Path]) -> None:
    """Hold the first lines or the footers of all files of a table against one another.

    A column that may be absent from the table may be absent from a file too, and is null there.

    Raises:
        SourceError: another header; no Parquet file, or a cut one; a column that one file lacks or has as another
            type.
    """
    if source.format == "parquet":
        _check_footers(name, source, {file: _kinds(name, file) for file in files})
    else:
        headers = {file: _header(file, source) for file in files if file.suffix not in COMPRESSED}
        for file, header in headers.items():
            if header != next(iter(headers.values())):
                raise SourceError(
                    f"{name}: the header of {file.name} is not that of {files[0].name}; all files of a table have the "
                    "same columns in the same order"
                )


def file_in(error: Exception) -> str:
    """The name of the file that Spark could not read, as `: <name>`; blank where it does not say."""
    match = re.search(r"while reading file \S*?([^/\s]+?)\.?(\s|$)", str(error))
    return f": {match[1]}" if match else ""


def _header(file: Path, source: Source) -> list[str]:
    with (gzip.open if file.suffix == ".gz" else open)(file, "rb") as lines:
        first = lines.readline().decode("utf-8", "replace")
    line = first.removeprefix(BYTE_ORDER_MARK).rstrip("\r\n").lower()
    return line.split() if source.format == "whitespace" else [name.strip('"') for name in line.split(source.separator)]


def _check_footers(name: str, source: Source, footers: Mapping[Path, Mapping[str, str]]) -> None:
    required = {column.name for column in table(name).columns if column.is_required}
    for ours, theirs in source.columns.items():
        kinds = {file: kinds[theirs] for file, kinds in footers.items() if theirs in kinds}
        lacking = [file for file in footers if file not in kinds] if kinds and ours in required else []
        if lacking:
            raise SourceError(f"{name}: {lacking[0].name} has no column {theirs!r}, and other files of the table have")
        for file, kind in kinds.items():
            first, usual = next(iter(kinds.items()))
            if kind != usual:
                raise SourceError(f"{name}: column {theirs!r} is {kind} in {file.name} and {usual} in {first.name}")


def _kinds(name: str, file: Path) -> dict[str, str]:
    """Column -> its type, as far as types must be alike for Spark to read them as one."""
    try:
        footer = pq.ParquetFile(file)
    except (OSError, pa.ArrowInvalid) as error:
        raise SourceError(f"{name}: {file.name} is no Parquet file, or it is cut") from error
    old = {
        column.name
        for column in map(footer.schema.column, range(len(footer.schema)))
        if column.physical_type == "INT96"
    }
    return {field.name: _kind(field.type, is_instant=field.name in old) for field in footer.schema_arrow}


def _kind(data_type: pa.DataType, *, is_instant: bool) -> str:
    if pa.types.is_timestamp(data_type):
        return "a time stamp with a zone" if is_instant or data_type.tz else "a time stamp without a zone"
    if pa.types.is_decimal(data_type):
        return f"a decimal of scale {data_type.scale}"
    plain = data_type.value_type if pa.types.is_dictionary(data_type) else data_type
    return str(plain).removeprefix("large_")
