"""1 M customers × 80 options, 20 limits: from arrays to a certified plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.measured import measure


def run(seeds: Sequence[int]) -> list[Mapping[str, object]]:
    """One row per seed."""
    return [{"seed": seed, **measure("prices", 1_000_000, 20, seed)} for seed in seeds]
