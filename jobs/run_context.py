"""What every stage of a run shares: settings, the decision date, the lake, the Spark session."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from conf.settings import Settings
from jobs.core.lake import Lake
from jobs.core.table_io import TableIO

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from jobs.commit.run_folder import RunFolder
    from jobs.sources.reader import SourceReader


def say_nothing(_line: str) -> None:
    """For machines, which read the result alone."""


@dataclass(eq=False)
class RunContext:
    """What the stages of one command share.

    Attributes:
        as_of: the decision date, on which the messages go out; data dated on or after it are unknown.
        say: prints one line of progress for people.
        is_superseding: take the inputs as they are now, not as the date's first attempt pinned them, and put a
            corrected set in the place of a published one.
        takes_over: take the date from a run that still holds it.
        run_folder: on the date's published folder, while the date's lock is held.
        table_io: what the stage that is running has read and written.
    """

    settings: Settings
    as_of: date
    say: Callable[[str], None] = say_nothing
    is_superseding: bool = False
    takes_over: bool = False
    run_folder: "RunFolder | None" = None
    table_io: TableIO = field(default_factory=TableIO)

    @property
    def lake(self) -> Lake:
        """The deployment's computed tables."""
        return Lake(self.settings.deployment.lake, self.table_io)

    @cached_property
    def spark(self) -> "SparkSession":
        """The Spark session, started when a stage first asks for it."""
        from jobs.spark.session import start_session  # noqa: PLC0415  pyspark is heavy

        return start_session(self.settings.deployment)

    @property
    def sources(self) -> "SourceReader":
        """The source tables: as the date's night has pinned them while it runs, else as they lie there now."""
        from jobs.sources.pinned_inputs import pinned_files  # noqa: PLC0415
        from jobs.sources.reader import SourceReader  # noqa: PLC0415

        pinned = pinned_files(self.lake, self.as_of) if self.run_folder else {}
        return SourceReader(self.spark, self.settings, pinned, self.table_io)

    def held_run_folder(self) -> "RunFolder":
        """The run folder of a run that holds the date.

        Raises:
            RuntimeError: it does not.
        """
        if self.run_folder is None:
            raise RuntimeError("nothing is published without the lock of its date")
        return self.run_folder
