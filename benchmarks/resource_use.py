"""CPU time and memory of this process and its descendants (JVM, Python workers), and of Spark's stages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds() -> float:
    """CPU seconds of this process and its living descendants, and of those of theirs that have ended."""
    return sum(sum(map(int, _fields(process)[11:15])) for process in family()) / TICKS


def family() -> list[int]:
    """This process and its living descendants."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(_fields(int(folder.name))[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended since the listing
    processes = [os.getpid()]
    for process in processes:
        processes += [child for child, parent in parents.items() if parent == process]
    return processes


def resident_mib(process: int, what: str = "VmHWM") -> float:
    """Memory of a process, at most (`VmHWM`) or now (`VmRSS`)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def _fields(process: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, which may hold blanks: state, parent, …"""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def stages(spark: SparkSession) -> list[Any]:
    """Spark's record of each stage of the session: Java objects with `shuffleWriteBytes()` and the like."""
    java = spark.sparkContext._jvm
    quantiles = spark.sparkContext._gateway.new_array(java.double, 0)
    listed = spark.sparkContext._jsc.sc().statusStore().stageList(None, False, False, quantiles, None)
    return [listed.apply(k) for k in range(listed.size())]
