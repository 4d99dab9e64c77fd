"""What every stage of a run shares: settings, the decision date, the lake, the Spark session."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from conf.settings import Settings
from jobs.lake import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def say_nothing(_line: str) -> None:
    """For machines, which read the result alone."""


@dataclass(frozen=True)
class RunContext:
    """One command's surroundings.

    Attributes:
        as_of: the decision date; whatever is dated on or after it is unknown.
        say: prints one line of progress for people.
    """

    settings: Settings
    as_of: date
    say: Callable[[str], None] = say_nothing

    @property
    def lake(self) -> Lake:
        """The deployment's computed tables."""
        return Lake(self.settings.deployment.lake)

    @cached_property
    def spark(self) -> "SparkSession":
        """The Spark session, started when a stage first asks for it."""
        from jobs.spark_session import start_session  # noqa: PLC0415  pyspark is heavy

        return start_session(self.settings.deployment)
