"""10 k to 1 M customers, and 100 limits instead of 20: how the work grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.measured import measure

SIZES = ((10_000, 20), (100_000, 20), (1_000_000, 20), (10_000, 100), (100_000, 100))


def run(seeds: Sequence[int]) -> list[Mapping[str, object]]:
    """Medians over the seeds."""
    rows: list[Mapping[str, object]] = []
    for customers, limits in SIZES:
        runs = [measure("prices", customers, limits, seed) for seed in seeds]
        seconds, work = (median(float(str(run[what])) for run in runs) for what in ("seconds", "CPU seconds"))
        rows.append(
            {
                "customers": customers,
                "limits": limits,
                "seconds": seconds,
                "CPU seconds": work,
                "CPU microseconds a customer": work / customers * 1e6,
                "worst gap": max(float("inf") if run["gap"] is None else float(str(run["gap"])) for run in runs),
                "passes": max(int(str(run["passes"])) for run in runs),
            }
        )
    return rows
