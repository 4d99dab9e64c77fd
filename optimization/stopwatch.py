"""The time of a search: its own work on processors counts, not what neighbours on the machine take."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from optimization.threads import processor_seconds

WALL_FACTOR = 5.0
"""The wall clock may run this many times the limit; so waiting (for Spark, too) counts a fifth."""
LEAST = 0.01
"""Seconds that a native solver is given at least."""


class Stopwatch:
    """Measures the seconds that a search has spent of its limit; it belongs to the thread that searches.

    They are processor seconds of the thread, and of those that share its work divided by their number, so they are
    the seconds that an idle machine would take. Where the search does not compute but waits, the wall clock divided by
    `WALL_FACTOR` is more, and counts.
    """

    def __init__(
        self,
        limit_seconds: float,
        *,
        processor: Callable[[], float] = processor_seconds,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._limit, self._processor, self._clock = limit_seconds, processor, clock
        self._began = processor(), clock()

    def spent(self) -> float:
        """Seconds since the start."""
        return max(self._processor() - self._began[0], (self._clock() - self._began[1]) / WALL_FACTOR)

    def remaining(self) -> float:
        """Seconds until the limit; below zero after it."""
        return self._limit - self.spent()

    def is_over(self) -> bool:
        """Whether the limit is reached."""
        return self.remaining() <= 0

    def seconds_for_a_solver(self) -> float:
        """What a native solver, which counts by the wall clock, may take of the time that remains."""
        return max(self.remaining() * WALL_FACTOR, LEAST)
