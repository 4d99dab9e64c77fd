"""Reads columns of raw source files as they lie there, by pyarrow alone."""

import glob
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import csv


@dataclass(frozen=True)
class RawTable:
    """Files and the names that their columns have there.

    Attributes:
        columns: our column -> theirs.
        constants: our column -> the one value of every row.
    """

    path: str
    format: str
    columns: Mapping[str, str]
    constants: Mapping[str, object]
    separator: str = ","

    def rows(self, *names: str) -> Iterator[tuple[object, ...]]:
        """The named columns, row by row; a column that is not mapped is None throughout."""
        table = self._table()
        lists = [
            table[self.columns[name]].to_pylist()
            if name in self.columns
            else [self.constants.get(name)] * table.num_rows
            for name in names
        ]
        return zip(*lists, strict=True)

    def _table(self) -> pa.Table:
        paths = _files(self.path)
        if self.format == "parquet":
            return ds.dataset(paths, format="parquet").to_table(columns=sorted(set(self.columns.values())))
        if self.format == "csv":
            return pa.concat_tables([self._csv(path) for path in paths])
        return pa.concat_tables([_blanks(path) for path in paths])

    def _csv(self, path: str) -> pa.Table:
        header = csv.read_csv(path, parse_options=csv.ParseOptions(delimiter=self.separator)).column_names
        text = csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=True)
        return csv.read_csv(path, parse_options=csv.ParseOptions(delimiter=self.separator), convert_options=text)


def _files(pattern: str) -> list[str]:
    found = sorted(glob.glob(pattern))
    inside = [sorted(str(file) for file in Path(one).rglob("[!._]*") if file.is_file()) for one in found]
    return [file for one, files in zip(found, inside, strict=True) for file in (files or [one])]


def _blanks(path: str) -> pa.Table:
    lines = [line.split() for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    header, rows = lines[0], lines[1:]
    return pa.table({name: [row[position] for row in rows] for position, name in enumerate(header)})
