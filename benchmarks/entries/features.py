"""The feature table of 1 M customers and 50 M lines: Spark on two threads beside DuckDB on two, on the same files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.feature_comparison import differences

SIZES = ((100_000, 5_000_000), (1_000_000, 50_000_000))
ROUNDS = 2


def run(seeds: Sequence[int]) -> list[Mapping[str, object]]:
    """Two rows per seed and size; fails where the tables differ by more than 1e-9 of a value."""
    return [row for seed in seeds for customers, lines in SIZES for row in _both(customers, lines, seed)]


def _both(customers: int, lines: int, seed: int) -> list[Mapping[str, object]]:
    """In turns, so that what else the machine does meets both; of each the round that took the least."""
    with TemporaryDirectory() as name:
        _process("make", name, str(customers), str(lines), str(seed))
        rounds = [(_process("duckdb", name), _process("spark", name, str(lines))) for _ in range(ROUNDS)]
        differing = differences(f"{name}/spark/*.parquet", f"{name}/duckdb.parquet", Path(name))
    if differing:
        raise AssertionError(f"the feature tables differ: {differing}")
    least = [min(engine, key=lambda figures: figures["seconds"]) for engine in zip(*rounds, strict=True)]
    return [
        {"customers": customers, "lines": lines, "seed": seed, "engine": engine, **_beside(figures, least[0])}
        for engine, figures in zip(("DuckDB", "Spark"), least, strict=True)
    ]


def _beside(figures: Mapping[str, float], peer: Mapping[str, float]) -> dict[str, object]:
    names = ("seconds", "CPU seconds")
    ratios = {f"{name}, times DuckDB's": figures[name] / peer[name] for name in names}
    return {name: figures[name] for name in names} | ratios | {name: figures.get(name, "–") for name in _ONLY_SPARK}


_ONLY_SPARK = ("MB shuffled", "MB to the driver")


def _process(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.feature_night", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1]) if arguments[0] != "make" else {}
    return figures
