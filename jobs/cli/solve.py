"""`oneoffer solve`: a Parquet file of candidates and the limits of a policy file -> a plan and its proof."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from conf.deployment import Spark
from conf.limit import Limit
from conf.micros import Unit
from jobs.planning.candidate_files import limits_on, read_candidates
from jobs.planning.solution_files import write_solution
from optimization import BadInput, Infeasible, NoPlanInTime, Plan, Problem, solve
from optimization.options import unmatched
from optimization.solver import require_plan
from optimization.threads import DEFAULT_THREADS, sharing


def run(
    candidates: Path,
    policy: Path,
    out: Path,
    *,
    engine: str = "auto",
    gap: Decimal = Decimal("0.0001"),
    time_limit_seconds: float = 600.0,
    as_of: date | None = None,
    threads: int = DEFAULT_THREADS,
    spark_master: str = "local[*]",
    unit: Unit | None = None,
) -> Plan:
    """Solve the candidates of a Parquet file or folder under the limits of a policy file.

    Writes `out/plan.parquet` (if there is a plan), `out/proof.json` and `out/solution.json`; of an earlier run nothing
    remains.

    Args:
        candidates: customer_id, offer_id, channel, value, cost and what limits name; amounts in units of the currency,
                or in millionths where they come from the lake.
        policy: a YAML file of which only `limits` is read.
        threads: that share the work; they change the time it takes alone.
        spark_master: where the engine `spark` runs.
        as_of: holds only the limits in force on this date; None: all of them.
        unit: of the amounts; None: what the file shows (`candidate_files.holds_micros`).

    Raises:
        SettingsError: the policy file is not what it should be.
        BadInput: the candidates are not, or a limit names what they do not have.
        Infeasible, NoPlanInTime: as `solve`; solution.json is written all the same.
    """
    limits = limits_on(as_of, policy)
    try:
        if engine == "spark":
            from jobs.cli.solve_in_spark import solve_files  # noqa: PLC0415  pyspark is heavy

            with sharing(threads):
                spark = Spark(master=spark_master)
                plan, table = solve_files(candidates, limits, gap, time_limit_seconds, spark, unit=unit)
            require_plan(plan, gap)
        else:
            table = read_candidates(candidates, limits, unit)
            problem = Problem.from_table(table)
            _check_matches(problem, limits)
            plan = solve(
                problem, limits, engine=engine, max_gap=gap, time_limit_seconds=time_limit_seconds, threads=threads
            )
    except BadInput as error:
        raise BadInput(f"{candidates}: {error}") from None
    except (Infeasible, NoPlanInTime) as error:
        write_solution(out, table, error.plan, as_of)
        raise
    write_solution(out, table, plan, as_of)
    return plan


def _check_matches(problem: Problem, limits: list[Limit]) -> None:
    """A limit that counts nothing is a typing error more often than not."""
    idle = unmatched(problem, limits)
    if idle:
        raise BadInput(f"limit {idle[0]!r} matches none of the {len(problem)} candidates")
