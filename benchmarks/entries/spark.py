"""50 M candidate rows in a Parquet file: `prices` in one process and `spark` on local[2], and whether they agree."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from tempfile import TemporaryDirectory

CUSTOMERS = 1_000_000


def run(seeds: Sequence[int]) -> list[Mapping[str, object]]:
    """Two rows per seed: the plan's rows, prices and bound of both must be the same."""
    rows: list[Mapping[str, object]] = []
    for seed in seeds:
        with TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "benchmarks.spark_night"]
            subprocess.run([*command, "make", folder, str(CUSTOMERS), str(seed)], check=True)
            both = [_measured([*command, engine, folder]) for engine in ("prices", "spark")]
        if len({tuple(figures[key] for key in ("rows", "prices", "bound")) for figures in both}) > 1:
            raise AssertionError(f"the engines differ: {both}")
        rows += [{"seed": seed, **figures} for figures in both]
    return rows


def _measured(command: Sequence[str]) -> dict[str, object]:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures
