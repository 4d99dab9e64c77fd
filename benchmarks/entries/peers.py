"""10 k customers × 80 options: the same night given to GLOP, PDLP, HiGHS, SCIP and CP-SAT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.measured import measure
from benchmarks.peers import PEERS

CUSTOMERS, LIMITS = 10_000, 20


def run(seeds: Sequence[int]) -> list[Mapping[str, object]]:
    """Ours (median of the seeds), then each peer once on the first seed, each in a process of its own."""
    ours = [measure("prices", CUSTOMERS, LIMITS, seed) for seed in seeds]
    seconds, work = (median(float(str(run[what])) for run in ours) for what in ("seconds", "CPU seconds"))
    best = float(str(ours[0]["value"]))
    rows: list[Mapping[str, object]] = [
        {"solver": "prices", "seconds": seconds, "CPU seconds": work, "times ours": 1.0, "outcome": "plan"}
        | {"below ours": 0.0, "fractional customers": 0, "worst limit broken by": 0.0}
    ]
    for name in PEERS:
        figures = measure(name, CUSTOMERS, LIMITS, seeds[0])
        value = figures.get("value")
        rows.append(
            {
                "solver": name,
                "seconds": figures["seconds"],
                "CPU seconds": figures["CPU seconds"],
                "times ours": float(str(figures["CPU seconds"])) / work,
                "outcome": figures["outcome"],
                "below ours": "-" if value is None else (best - float(value)) / best,
                "fractional customers": figures.get("fractional customers", "-"),
                "worst limit broken by": figures.get("worst limit broken by", "-"),
            }
        )
    return rows
