"""Reads source tables with our column names and types, without rows dated on or after a day."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import get_args

from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from conf.settings import Settings
from conf.sources import Source, SourceName
from expectations.gate import rows_to_quarantine
from expectations.notes import IS_KNOWN, in_future, is_note, unreadable
from expectations.tables import table
from jobs.core.errors import SourceError
from jobs.core.table_io import SOURCE, TableIO
from jobs.sources.files import OpenFiles, open_files
from jobs.sources.paths import data_files, folder_of
from jobs.sources.types import SourceColumn, is_unreadable, typed

SOURCE_NAMES: tuple[SourceName, ...] = get_args(SourceName)
STAMPS = {"happened": "happened_at", "contacted": "contacted_at", "responded": "responded_at"}
"""Event -> its time stamp; each also gets `<event>_on`, its calendar day in the deployment's zone."""
SLACK_DAYS = 1
"""Clocks and zones differ: a stamp of tomorrow is no stamp of the future yet."""


@dataclass(frozen=True)
class SourceReader:
    """Reads the deployment's source tables through sources.yaml.

    Attributes:
        pinned: table -> the files to read; of a table that is not named, those that lie at its path now.
        table_io: notes the tables that are read.
    """

    spark: SparkSession
    settings: Settings
    pinned: Mapping[SourceName, Sequence[Path]] = field(default_factory=dict)
    table_io: TableIO = field(default_factory=TableIO)

    def files(self, name: SourceName, source: Source) -> Sequence[Path]:
        """The files of a table, in order."""
        return self.pinned.get(name) or data_files(source.path)

    def folder(self, name: SourceName, source: Source) -> Path:
        """The folder from which the files of a table are named in messages."""
        usual, files = folder_of(source.path), [file.absolute() for file in self.files(name, source)]
        is_usual = all(usual in file.parents for file in files)
        return usual if is_usual else Path(os.path.commonpath([file.parent for file in files]))

    def read(self, name: SourceName, before: date | None) -> DataFrame | None:
        """One table with our columns, of events before the day only; None where the deployment has none.

        Rows are all those of the files: gates judge them first, `read_clean` leaves out what they quarantine.

        Raises:
            SourceError: nothing at the path, another format, or a mapped column that is not there.
        """
        source = self.settings.sources.get(name)
        if source is None:
            return None
        noted = self.read_noted(name, source, before)
        return noted.where(F.col(IS_KNOWN)).select(
            *[F.col(f"`{column}`") for column in noted.columns if not is_note(column)]
        )

    def read_noted(
        self, name: SourceName, source: Source, before: date | None, *, with_locations: bool = False
    ) -> DataFrame:
        """As `read`, of any day, with the notes that a gate needs beside each row (expectations/notes.py).

        Args:
            with_locations: note where each row lies; equal rows are then all returned, even where one is to be kept.
        """
        self.table_io.reads(f"{SOURCE}{name}")
        _check_columns(name, source)
        files = open_files(self.spark, name, source, self.files(name, source), with_locations=with_locations)
        frame = reduce(DataFrame.unionByName, [self._mapped(name, source, alike) for alike in files])
        for event, stamp in STAMPS.items():
            if stamp in frame.columns:
                frame = frame.withColumn(f"{event}_on", F.to_date(stamp))
        frame = self._with_times_noted(frame, before)
        return _distinct(frame) if source.distinct and not with_locations else frame

    def read_clean(self, name: SourceName, before: date | None) -> DataFrame | None:
        """As `read`, without the rows that the table's contract quarantines."""
        frame = self.read(name, before)
        return frame if frame is None else frame.where(~rows_to_quarantine(table(name)))

    def _mapped(self, name: SourceName, source: Source, files: OpenFiles) -> DataFrame:
        try:
            notes = [note for note in files.frame.columns if is_note(note)]
            return files.frame.select(*self._columns(name, source, files), *notes)
        except AnalysisException as error:  # two of our columns differ in case alone
            raise SourceError(f"{name}: a column of {source.path} cannot be read: {error.getCondition()}") from error

    def _with_times_noted(self, frame: DataFrame, before: date | None) -> DataFrame:
        """Which rows are known before the day, and which cannot be true because theirs is still to come."""
        tomorrow = datetime.now(self.settings.deployment.zone).date() + timedelta(days=1)
        too_late = F.lit(tomorrow + timedelta(days=SLACK_DAYS)).cast("timestamp")
        is_known = F.lit(True)
        for stamp in (*STAMPS.values(), "updated_at"):
            if stamp not in frame.columns:
                continue
            if before is not None and stamp in STAMPS.values():
                is_known = F.col(stamp).isNull() | (F.col(stamp) < F.lit(before).cast("timestamp"))
            frame = frame.withColumn(in_future(stamp), F.coalesce(F.col(stamp) >= too_late, F.lit(False)))
        return frame.withColumn(IS_KNOWN, is_known)

    def _columns(self, name: SourceName, source: Source, files: OpenFiles) -> list[Column]:
        contract = {column.name: column.type for column in table(name).columns}
        kinds = dict(files.frame.dtypes)
        mapped = {
            ours: SourceColumn(F.col(f"`{theirs}`"), kinds[theirs], theirs in files.naive)
            if theirs in kinds
            else SourceColumn(F.lit(None).cast("string"), "string")
            for ours, theirs in source.columns.items()
        }
        mapped |= {
            ours: SourceColumn(F.lit(value).cast("string"), "string") for ours, value in source.constants.items()
        }
        zone = self.settings.deployment.time_zone
        wanted = {ours: contract.get(ours) or source.attributes.get(ours, "text") for ours in mapped}
        values = {ours: typed(mapped[ours], wanted[ours], source, zone) for ours in mapped}
        judged = [ours for ours in mapped if wanted[ours] != "text"]
        notes = [is_unreadable(mapped[ours], values[ours]).alias(unreadable(ours)) for ours in judged]
        return [*(value.alias(ours) for ours, value in values.items()), *notes]


def _distinct(frame: DataFrame) -> DataFrame:
    """One of equal rows, with what is noted of any of them."""
    notes = [F.bool_or(name).alias(name) for name in frame.columns if is_note(name)]
    return frame.groupBy(*[f"`{name}`" for name in frame.columns if not is_note(name)]).agg(*notes)


def _check_columns(name: str, source: Source) -> None:
    contract = table(name)
    mapped = set(source.columns) | set(source.constants)
    needed = [column.name for column in contract.columns if column.is_required and column.name not in mapped]
    if needed:
        raise SourceError(f"{name}: sources.yaml maps nothing to the required column {needed[0]!r}")
    names = {column.name for column in contract.columns} | set(source.attributes)
    unknown = sorted(mapped - names) if not contract.may_have_further_columns else []
    if unknown:
        raise SourceError(f"{name}: sources.yaml maps {unknown[0]!r}, which this table does not have")
