"""Peak memory of this process, its JVM and Spark's Python workers since a stage began."""

import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

PROC = Path("/proc")
RESET = "5"
"""What Linux takes for setting a process's peak back to what it holds now (`proc_pid_clear_refs(5)`)."""


class Peaks(TypedDict):
    """MiB; None where it cannot be measured. `worker` is the largest of those alive, of which there may be many."""

    driver: int
    jvm: int | None
    worker: int | None


def forget_peaks() -> None:
    """Begin anew, of this process and those that it has started; where Linux forbids it, peaks are of their whole life.

    Elsewhere than on Linux, the peak is always that of the process's life.
    """
    for process in _family():
        with suppress(OSError):
            (process / "clear_refs").write_text(RESET)


def peaks() -> Peaks:
    """Peaks since `forget_peaks`; what has ended meanwhile, like a child that tried a model, is in none of them."""
    family = _family()
    if not family:
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return Peaks(driver=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit, jvm=None, worker=None)
    members = [(_named(process), _peak_mib(process)) for process in family[1:]]
    jvm = max((mib for name, mib in members if name == "java"), default=None)
    worker = max((mib for name, mib in members if name.startswith("python")), default=None)
    return Peaks(driver=_peak_mib(family[0]), jvm=jvm or None, worker=worker or None)


def _family() -> list[Path]:
    """The folders under /proc of this process and all that descend from it, this one first; none without a /proc."""
    this_process = PROC / "self"
    if not this_process.exists():
        return []
    parents = {folder.name: _parent(folder) for folder in PROC.glob("[0-9]*")}
    family = [this_process.resolve().name]
    for member in family:  # grows while it is gone through
        family += [name for name, parent in parents.items() if parent == member]
    return [PROC / child for child in family]


def _parent(process: Path) -> str:
    """Its parent's number: the second field after the name, which is in brackets and may hold anything."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[1]
    except OSError:
        return ""


def _named(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return ""


def _peak_mib(process: Path) -> int:
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)
