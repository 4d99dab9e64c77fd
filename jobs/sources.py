"""Source tables as the rest of oneoffer sees them: our columns, our types, nothing dated on or after a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import get_args

from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from conf.settings import Settings
from conf.sources import Source, SourceName
from expectations.gate import rows_to_quarantine
from expectations.tables import table
from jobs.errors import SourceError
from jobs.source_files import data_files, naive_stamps, open_files
from jobs.source_types import Found, typed

SOURCE_NAMES: tuple[SourceName, ...] = get_args(SourceName)
STAMPS = {"happened": "happened_at", "contacted": "contacted_at", "responded": "responded_at"}
"""Event -> its time stamp; each also gets `<event>_on`, its calendar day in the deployment's zone."""


@dataclass(frozen=True)
class SourceReader:
    """Reads the deployment's source tables through sources.yaml.

    Attributes:
        files: table -> the files to read; of a table that is not named, those that lie at its path now.
    """

    spark: SparkSession
    settings: Settings
    files: Mapping[SourceName, Sequence[Path]] = field(default_factory=dict)

    def read(self, name: SourceName, before: date | None) -> DataFrame | None:
        """One table with our columns, of events before the day only; None where the deployment has none.

        Rows are all those of the files: gates judge them first, `read_clean` leaves out what they quarantine.

        Raises:
            SourceError: nothing at the path, another format, or a mapped column that is not there.
        """
        source = self.settings.sources.get(name)
        if source is None:
            return None
        paths = self.files.get(name) or data_files(source.path)
        files = open_files(self.spark, name, source, paths)
        _check_columns(name, source, files.columns)
        frame = self._mapped(name, source, files, paths)
        for event, stamp in STAMPS.items():
            if stamp in frame.columns:
                if before is not None:
                    frame = frame.where(F.col(stamp).isNull() | (F.col(stamp) < F.lit(before).cast("timestamp")))
                frame = frame.withColumn(f"{event}_on", F.to_date(stamp))
        return frame.distinct() if source.distinct else frame

    def read_clean(self, name: SourceName, before: date | None) -> DataFrame | None:
        """As `read`, without the rows that the table's contract quarantines."""
        frame = self.read(name, before)
        return frame if frame is None else frame.where(~rows_to_quarantine(table(name)))

    def _mapped(self, name: SourceName, source: Source, files: DataFrame, paths: Sequence[Path]) -> DataFrame:
        try:
            return files.select(*self._columns(name, source, files, paths))
        except AnalysisException as error:  # a list where a text should be, or two columns that differ in case alone
            raise SourceError(f"{name}: a column of {source.path} cannot be read: {error.getCondition()}") from error

    def _columns(self, name: SourceName, source: Source, files: DataFrame, paths: Sequence[Path]) -> list[Column]:
        contract = {column.name: column.type for column in table(name).columns}
        kinds, naive = dict(files.dtypes), naive_stamps(source, paths)
        found = {
            ours: Found(F.col(f"`{theirs}`"), kinds[theirs], theirs in naive) for ours, theirs in source.columns.items()
        }
        found |= {ours: Found(F.lit(value).cast("string"), "string") for ours, value in source.constants.items()}
        zone = self.settings.deployment.time_zone
        wanted = {ours: contract.get(ours) or source.attributes.get(ours, "text") for ours in found}
        return [typed(found[ours], wanted[ours], source, zone).alias(ours) for ours in found]


def _check_columns(name: str, source: Source, found: list[str]) -> None:
    contract = table(name)
    missing = sorted(set(source.columns.values()) - set(found))
    if missing:
        raise SourceError(f"{name}: no column {missing[0]!r} in {source.path}; its columns: {', '.join(sorted(found))}")
    mapped = set(source.columns) | set(source.constants)
    needed = [column.name for column in contract.columns if column.is_required and column.name not in mapped]
    if needed:
        raise SourceError(f"{name}: sources.yaml maps nothing to the required column {needed[0]!r}")
    known = {column.name for column in contract.columns} | set(source.attributes)
    unknown = sorted(mapped - known) if not contract.may_have_further_columns else []
    if unknown:
        raise SourceError(f"{name}: sources.yaml maps {unknown[0]!r}, which this table does not have")
