"""`oneoffer solve` on a file: `python -m benchmarks.candidate_file [CUSTOMERS SEED] FOLDER` makes or solves one."""

from __future__ import annotations

import json
import resource
import sys
from decimal import Decimal
from pathlib import Path
from time import monotonic

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.instances import night
from conf.micros import MICROS
from jobs.cli.solve import run
from optimization.program import Program

CHANNELS = ("email", "sms", "mail", "call")


def write_files(program: Program, folder: Path) -> None:
    """The night's candidates in units of the currency, with a budget and four capacities."""
    customers = len(program.start) - 1
    who = np.repeat(np.arange(customers, dtype=np.int32), np.diff(program.start))
    cost = program.per_option[0][program.option]
    offers = [f"offer-{number}" for number in range(20)]
    columns = {
        "customer_id": _coded(who, [f"customer-{number}" for number in range(customers)]),
        "offer_id": _coded(program.option // 4, offers),
        "channel": _coded(program.option % 4, list(CHANNELS)),
        "value": pa.array((program.net + cost) / MICROS),
        "cost": pa.array(cost / MICROS),
    }
    pq.write_table(pa.table(columns), folder / "candidates.parquet")
    limits = [f"  - {{name: budget, sum: cost, max: {(program.rows[0].upper or 0) / MICROS}}}"]
    for position, name in enumerate(CHANNELS):
        most = program.rows[1 + position].upper
        limits.append(f"  - {{name: {name}, count: contacts, where: {{channel: [{name}]}}, max: {most}}}")
    (folder / "policy.yaml").write_text("\n".join(["limits:", *limits, ""]))


def _coded(code: np.ndarray, labels: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int32)), pa.array(labels))


def solve_files(folder: Path) -> dict[str, float | int | str]:
    """From the file to the written plan."""
    began = monotonic()
    plan = run(folder / "candidates.parquet", folder / "policy.yaml", folder / "out", gap=Decimal("0.000001"))
    return {
        "seconds": monotonic() - began,
        "of it the search": plan.seconds,
        "gap": plan.gap,
        "passes": plan.passes,
        "GiB at most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


if __name__ == "__main__":
    if len(sys.argv) == 4:
        write_files(night(int(sys.argv[1]), seed=int(sys.argv[2])), Path(sys.argv[3]))
    else:
        print(json.dumps(solve_files(Path(sys.argv[1]))))
