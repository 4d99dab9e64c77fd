"""Candidates of 20 offers in 4 channels, built in Spark on two threads: 100 k and 1 M customers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from tempfile import TemporaryDirectory

SIZES = (100_000, 1_000_000)


def run(seeds: Sequence[int]) -> list[Mapping[str, object]]:
    """One row per size and seed, each night in a process of its own."""
    return [_measured(size, seed) for size in SIZES for seed in seeds]


def _measured(customers: int, seed: int) -> Mapping[str, object]:
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.candidate_night", str(customers), str(seed), folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return {"seed": seed, **figures}
