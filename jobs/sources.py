"""Source tables as the rest of oneoffer sees them: our columns, our types, nothing dated on or after a day."""

from dataclasses import dataclass
from datetime import date
from typing import get_args

from expectations.gate import rows_to_quarantine
from expectations.table import Column as ColumnContract
from expectations.tables import table
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from conf.settings import Settings
from conf.sources import Source, SourceName
from jobs.errors import SourceError
from jobs.source_files import open_files

SOURCE_NAMES: tuple[SourceName, ...] = get_args(SourceName)
STAMPS = {"happened": "happened_at", "contacted": "contacted_at", "responded": "responded_at"}
"""Event -> its time stamp; each also gets `<event>_on`, its calendar day in the deployment's zone."""


@dataclass(frozen=True)
class SourceReader:
    """Reads the deployment's source tables through sources.yaml."""

    spark: SparkSession
    settings: Settings

    def read(self, name: SourceName, before: date | None) -> DataFrame | None:
        """One table with our columns, of events before the day only; None where the deployment has none.

        Rows are all those of the files: gates judge them first, `read_clean` leaves out what they quarantine.

        Raises:
            SourceError: nothing at the path, another format, or a mapped column that is not there.
        """
        source = self.settings.sources.get(name)
        if source is None:
            return None
        files = open_files(self.spark, name, source)
        _check_columns(name, source, files.columns)
        frame = files.select(*self._columns(name, source))
        for event, stamp in STAMPS.items():
            if stamp in frame.columns:
                frame = frame.withColumn(f"{event}_on", F.to_date(stamp))
                if before is not None:
                    frame = frame.where(F.col(stamp).isNull() | (F.col(f"{event}_on") < F.lit(before)))
        return frame.distinct() if source.distinct else frame

    def read_clean(self, name: SourceName, before: date | None) -> DataFrame | None:
        """As `read`, without the rows that the table's contract quarantines."""
        frame = self.read(name, before)
        return frame if frame is None else frame.where(~rows_to_quarantine(table(name)))

    def _columns(self, name: SourceName, source: Source) -> list[Column]:

        contract = {column.name: column for column in table(name).columns}
        mapped = {ours: F.col(f"`{theirs}`") for ours, theirs in source.columns.items()}
        mapped |= {ours: F.lit(value) for ours, value in source.constants.items()}
        return [self._typed(ours, column, contract.get(ours), source).alias(ours) for ours, column in mapped.items()]

    def _typed(self, name: str, column: Column, contract: ColumnContract | None, source: Source) -> Column:
        kind = contract.type if contract else source.attributes.get(name, "text")
        if kind == "money":
            return (column.try_cast("decimal(20,6)") * 1_000_000).try_cast("bigint")
        if kind == "timestamp":
            return self._stamp(column, source)
        casts = {"text": "string", "number": "double", "integer": "bigint", "boolean": "boolean", "date": "date"}
        return column.try_cast(casts[kind])

    def _stamp(self, column: Column, source: Source) -> Column:
        """An instant; a stamp without a zone is read in the source's, a bare date is its midnight."""
        ours = self.settings.deployment.time_zone
        if source.date_format:
            wall = F.try_to_timestamp(column, F.lit(source.date_format)).cast("timestamp_ntz")
        else:
            wall = column.try_cast("timestamp_ntz")
        return F.convert_timezone(F.lit(source.time_zone or ours), F.lit(ours), wall).cast("timestamp")


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
