"""50 M candidate rows in a Parquet file: `oneoffer solve` from the file to the written plan."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from tempfile import TemporaryDirectory

CUSTOMERS = 1_000_000


def run(seeds: Sequence[int]) -> list[Mapping[str, object]]:
    """One row per seed; the file is made by one process and solved by another."""
    return [{"seed": seed, **_solved(seed)} for seed in seeds]


def _solved(seed: int) -> dict[str, object]:
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.candidate_file"]
        subprocess.run([*command, str(CUSTOMERS), str(seed), folder], check=True)
        done = subprocess.run([*command, folder], check=True, capture_output=True, text=True)
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures
