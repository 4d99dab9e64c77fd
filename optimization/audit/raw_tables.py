"""Reads columns of raw source files as they lie there, by pyarrow alone."""

import glob
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import csv


@dataclass(frozen=True)
class RawTable:
    """Files and the names that their columns have there.

    Attributes:
        path: a file, a folder or a glob pattern; in folders, whatever starts with `_` or `.` is a writer's mark.
        format: `parquet`, `csv`, or `whitespace`, text whose first line names its columns.
        columns: our column -> theirs.
        constants: our column -> the one value of every row.
        time_zone: of stamps that name none, where the source says it.
        date_format: how text writes dates, in Spark's letters; ISO where not said.
    """

    path: str
    format: str
    columns: Mapping[str, str]
    constants: Mapping[str, object]
    separator: str = ","
    time_zone: str | None = None
    date_format: str | None = None

    def rows(self, *names: str) -> Iterator[tuple[object, ...]]:
        """The named columns, row by row; a column that is not mapped is None throughout. Text formats give text.

        Raises:
            FileNotFoundError: nothing lies at the path.
            KeyError, ValueError: a file is not of the format, or lacks a mapped column.
        """
        table = self._table({self.columns[name] for name in names if name in self.columns})
        lists = [
            table[self.columns[name]].to_pylist()
            if name in self.columns
            else [self.constants.get(name)] * table.num_rows
            for name in names
        ]
        return zip(*lists, strict=True)

    def _table(self, theirs: set[str]) -> pa.Table:
        paths, wanted = _files(self.path), sorted(theirs)
        if not paths:
            raise FileNotFoundError(f"nothing lies at {self.path}")
        if self.format == "parquet":
            schema = pa.unify_schemas([pq.read_schema(path) for path in paths], promote_options="permissive")
            return ds.dataset(paths, schema=schema, format="parquet").to_table(columns=wanted)
        read = self._csv if self.format == "csv" else _blanks
        return pa.concat_tables([read(path).select(wanted) for path in paths])

    def _csv(self, path: str) -> pa.Table:
        """Every cell as the text it is: an id keeps its leading zeros, and `NA` is a name like any other."""
        parse = csv.ParseOptions(delimiter=self.separator)
        with csv.open_csv(path, parse_options=parse) as reader:
            header = reader.schema.names
        text = csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )
        return csv.read_csv(path, parse_options=parse, convert_options=text)


def _files(pattern: str) -> list[str]:
    found = [Path(one) for one in sorted(glob.glob(pattern))]
    inside = [_inside(one) if one.is_dir() else [one] for one in found]
    return [str(file) for files in inside for file in files]


def _inside(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [file for file in files if not any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts)]


def _blanks(path: str) -> pa.Table:
    """A line that is too short lacks its last fields."""
    lines = [line.split() for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    header, rows = lines[0], lines[1:]
    fields = {name: [row[place] if place < len(row) else None for row in rows] for place, name in enumerate(header)}
    return pa.table(fields, schema=pa.schema([(name, pa.string()) for name in header]))
