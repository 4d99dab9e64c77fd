"""100 features × 500 trees of 31 leaves: rows scored in Spark, beside `Booster.predict`; the driver's memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from tempfile import TemporaryDirectory

ROWS, TREES = 500_000, 500
MEMORY_OF = (100_000, 1_000_000)
FEW_TREES = 20
"""Enough where memory is measured: what a tree weighs is not the question there."""


def run(seeds: Sequence[int]) -> list[Mapping[str, object]]:
    """One row of speed per seed, then the memory at two sizes; each in a process of its own."""
    fast = [_measured("speed", ROWS, TREES, seed) for seed in seeds]
    flat = [_measured("memory", rows, FEW_TREES, seeds[0]) for rows in MEMORY_OF]
    names = dict.fromkeys(name for row in (*fast, *flat) for name in row)
    return [{name: row.get(name, "–") for name in names} for row in (*fast, *flat)]


def _measured(what: str, rows: int, trees: int, seed: int) -> dict[str, object]:
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.scoring_rows", folder, str(rows), str(trees), str(seed)]
        subprocess.run(command, check=True)
        command = [sys.executable, "-m", "benchmarks.scoring_run", what, folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures
