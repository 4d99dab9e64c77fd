"""One solver on one night in a process of its own: `python -m benchmarks.measured SOLVER CUSTOMERS LIMITS SEED`."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from time import monotonic, process_time

from benchmarks.instances import night
from benchmarks.peers import PEERS
from optimization.bound import weak_duality_bound
from optimization.engines.price_engine import solve_by_prices
from optimization.plan import exact_gap
from optimization.stopwatch import Stopwatch

MAX_GAP = Fraction(1, 1_000_000)
TIME_LIMIT_SECONDS = 60.0
WARM_UP = 5_000


def measure(solver: str, customers: int, limits: int, seed: int) -> dict[str, float | int | str | None]:
    """Run the solver in a fresh process, so that no peer shares memory, threads or libraries with another."""
    command = [sys.executable, "-m", "benchmarks.measured", solver, str(customers), str(limits), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float | int | str | None] = json.loads(done.stdout.splitlines()[-1])
    return figures


def prices(customers: int, limits: int, seed: int) -> dict[str, float | int | str | None]:
    """From arrays to a certified plan; memory is the peak above what the process needs before the arrays exist."""
    solve_by_prices(night(WARM_UP, limits=limits, seed=1), MAX_GAP, Stopwatch(60))  # loads compiled code
    runtime = _resident()
    program = night(customers, limits=limits, seed=seed)
    arrays = _resident() - runtime
    Path("/proc/self/clear_refs").write_text("5")  # the peak of making the arrays is not ours
    began, worked = monotonic(), process_time()
    result = solve_by_prices(program, MAX_GAP, Stopwatch(TIME_LIMIT_SECONDS))
    bound = weak_duality_bound(program, result.prices)
    worth = None if result.chosen is None else program.worth(result.chosen)
    seconds = monotonic() - began
    return {
        "seconds": seconds,
        "CPU seconds": process_time() - worked,
        "gap": None if worth is None else float(exact_gap(worth, int(bound))),
        "passes": result.passes,
        "bytes a customer": (_resident("VmHWM") - runtime) / customers,
        "of it arrays": arrays / customers,
        "binding": sum(price != 0 for price in result.prices.numerators),
        "value": None if worth is None else worth / 1e6,
    }


def _resident(what: str = "VmRSS") -> int:
    """Bytes of memory in use, now or at most (`VmHWM`)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(what))


if __name__ == "__main__":
    name, sizes = sys.argv[1], [int(number) for number in sys.argv[2:5]]
    if name == "prices":
        print(json.dumps(prices(*sizes)))
    else:
        print(json.dumps(PEERS[name](night(sizes[0], limits=sizes[1], seed=sizes[2]), TIME_LIMIT_SECONDS)))
