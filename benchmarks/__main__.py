"""`python -m benchmarks` lists the registry; `python -m benchmarks NAME` runs one entry and prints a table."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from conf.own_modules import own_modules


def registry() -> dict[str, ModuleType]:
    """Name -> the file of the entry."""
    return own_modules("benchmarks.entries")


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """The rows as a Markdown table."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([_shown(row[name]) for name in names] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """The machine that the figures are of, and how busy it is with other work."""
    models = [
        line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{len(models)} × {models[0] if models else platform.processor()}, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, load average {load:.1f} before the run"
    )


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(registry()))
    parser.add_argument("--seeds", type=int, default=3, help="nights of each size; the first has seed 101")
    arguments = parser.parse_args()
    if arguments.name is None:
        for name, entry in registry().items():
            print(f"{name:14}{(entry.__doc__ or '').splitlines()[0]}")
        return
    print(machine())
    print(table(registry()[arguments.name].run([101 + k for k in range(arguments.seeds)])))


def _shown(figure: object) -> str:
    return f"{figure:.3g}" if isinstance(figure, float) else str(figure)


if __name__ == "__main__":
    main()
