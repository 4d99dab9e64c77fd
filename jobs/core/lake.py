"""The lake: computed tables as Parquet, one folder per table and decision date."""

import shutil
import uuid
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from conf.exit_codes import ExitCode
from jobs.core.files import listed
from jobs.core.table_io import TableIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

FEATURE_DECLARATIONS, FEATURE_DECLARATIONS_FILE = "feature_declarations", "features.json"
"""The table that says what the features of a date mean: written with them, read by the auditor."""
GROUPS, CUSTOMERS = "groups", "customers"
"""The table of groups of customers with their rates, and its column of how many customers a group has."""
GROUP_SCORES, IS_NEW = "group_scores", "is_new"
"""The table of customers whose scores are their group's, and its column of who never bought anything."""


class NotInLake(LookupError):
    """A table of this date has not been computed yet."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class Lake:
    """Tables under `root/<table>/as_of=<date>/`; a table of a date is replaced whole or not at all.

    Attributes:
        table_io: notes the tables that are read and written.
    """

    root: Path
    table_io: TableIO = field(default_factory=TableIO, compare=False, repr=False)

    def folder(self, table: str, as_of: date) -> Path:
        """Where the table of this date lies."""
        return self.root / table / f"as_of={as_of.isoformat()}"

    def has(self, table: str, as_of: date) -> bool:
        """Whether the table of this date was computed."""
        return self.folder(table, as_of).is_dir()

    def newest_before(self, table: str, as_of: date) -> date | None:
        """The latest earlier date for which the table was computed."""
        return next(iter(self.days_before(table, as_of)), None)

    def days_before(self, table: str, as_of: date) -> list[date]:
        """The earlier dates for which the table was computed, the latest first."""
        days = (folder.name.removeprefix("as_of=") for folder in listed(self.root / table, "as_of=????-??-??"))
        return sorted((date.fromisoformat(day) for day in days if day < as_of.isoformat()), reverse=True)

    def read(self, spark: "SparkSession", table: str, as_of: date) -> "DataFrame":
        """The table as a Spark frame.

        Raises:
            NotInLake: the stage that makes it has not run for this date.
        """
        return spark.read.parquet(str(self._existing(table, as_of)))

    def read_arrow(self, table: str, as_of: date, **only: str) -> "pa.Table":
        """The table in the memory of this process; raises as `read` does.

        Args:
            only: column -> the one value it may have; other rows are left on the disk.
        """
        import pyarrow.parquet as pq  # noqa: PLC0415

        wanted = [(column, "=", value) for column, value in only.items()]
        return pq.read_table(self._existing(table, as_of), partitioning=None, filters=wanted or None)

    def files(self, table: str, as_of: date) -> list[Path]:
        """The Parquet files of the table, for workers that read them by themselves; raises as `read` does."""
        return listed(self._existing(table, as_of), "*.parquet")

    def write(
        self, frame: "DataFrame", table: str, as_of: date, gate: "Callable[[DataFrame], None] | None" = None
    ) -> None:
        """Replace the table of this date by a Spark frame.

        Args:
            gate: is given the rows as they were written, so that they are computed once; where it raises, nothing is
                replaced.
        """
        attempt = self._attempt(table, as_of)
        frame.write.parquet(str(attempt))
        if gate is not None:
            self._pass(gate, frame.sparkSession.read.parquet(str(attempt)), attempt)
        self._replace(attempt, table, as_of)

    def write_arrow(self, rows: "pa.Table", table: str, as_of: date) -> None:
        """Replace the table of this date by rows in memory."""
        import pyarrow.parquet as pq  # noqa: PLC0415

        attempt = self._attempt(table, as_of)
        attempt.mkdir(parents=True)
        plain = rows.replace_schema_metadata(None)  # Spark would believe its own note of another schema
        pq.write_table(plain, attempt / "part-0.parquet", compression="zstd")
        self._replace(attempt, table, as_of)

    def write_file(self, content: bytes, table: str, as_of: date, name: str) -> None:
        """Replace the table of this date by one file that is not Parquet."""
        attempt = self._attempt(table, as_of)
        attempt.mkdir(parents=True)
        (attempt / name).write_bytes(content)
        self._replace(attempt, table, as_of)

    def copy_files(
        self, files: "Sequence[Path]", folder: Path, table: str, as_of: date, notes: "Mapping[str, str] | None" = None
    ) -> None:
        """Replace the table of this date by copies of these files, called as they are seen from the folder.

        Args:
            notes: further files, name -> text; names start with `_`, which no reader takes for data.
        """
        attempt = self._attempt(table, as_of)
        attempt.mkdir(parents=True)
        for name, text in (notes or {}).items():
            (attempt / name).write_text(text, encoding="utf-8")
        for path in files:
            copy = attempt / path.absolute().relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        self._replace(attempt, table, as_of)

    def remove(self, table: str, as_of: date) -> None:
        """Forget the table of this date, if it is there."""
        if self.has(table, as_of):
            aside = self._attempt(table, as_of)
            self.folder(table, as_of).rename(aside)
            shutil.rmtree(aside)

    def remove_leftovers(self, as_of: date) -> None:
        """Remove what killed attempts of this date left; the caller holds the date's lock."""
        for leftover in [*self.root.glob(f"*/.attempt-{as_of}-*"), *self.root.glob(f"*/.old-{as_of}-*")]:
            shutil.rmtree(leftover, ignore_errors=True)

    def read_file(self, table: str, as_of: date, name: str) -> bytes:
        """What `write_file` wrote; raises as `read` does."""
        return (self._existing(table, as_of) / name).read_bytes()

    def _existing(self, table: str, as_of: date) -> Path:
        if not self.has(table, as_of):
            raise NotInLake(f"no {table} for {as_of} in {self.root}; run the earlier stages of that night first")
        folder = self.folder(table, as_of)
        self.table_io.reads(table, folder)
        return folder

    @staticmethod
    def _pass(gate: "Callable[[DataFrame], None]", rows: "DataFrame", attempt: Path) -> None:
        try:
            gate(rows)
        except BaseException:
            shutil.rmtree(attempt, ignore_errors=True)
            raise

    def _attempt(self, table: str, as_of: date) -> Path:
        return self.root / table / f".attempt-{as_of.isoformat()}-{uuid.uuid4().hex}"

    def _replace(self, attempt: Path, table: str, as_of: date) -> None:
        """Readers see the old table or the new one; a crash between the two renames leaves none, never a half."""
        folder = self.folder(table, as_of)
        aside = attempt.with_name(attempt.name.replace(".attempt", ".old"))
        if folder.exists():
            folder.rename(aside)
        attempt.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)
        self.table_io.writes(table, folder)
