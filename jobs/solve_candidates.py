"""`oneoffer solve`: a Parquet file of candidates and the limits of a policy file -> a plan and its proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds

from conf.deployment import Spark
from conf.limit import Limit
from conf.validate import validate_rows
from conf.yaml_file import Document, read_yaml
from jobs.millionths import in_millionths
from jobs.solution_files import write_solution
from optimization import BadInput, Infeasible, NoPlanInTime, Plan, Problem, solve
from optimization.solving import answered
from optimization.where import unmatched

IDS = ("customer_id", "offer_id", "channel")
MONEY = ("value", "cost")


def run(
    candidates: Path,
    policy: Path,
    out: Path,
    *,
    engine: str = "auto",
    gap: Decimal = Decimal("0.0001"),
    time_limit_seconds: float = 600.0,
    as_of: date | None = None,
    spark_master: str = "local[*]",
) -> Plan:
    """Solve the candidates of a Parquet file or folder under the limits of a policy file.

    Writes `out/plan.parquet` (if there is a plan), `out/proof.json` and `out/solution.json`; of an earlier run nothing
    remains.

    Args:
        candidates: customer_id, offer_id, channel, value, cost and what limits name; amounts in units of the currency.
        policy: a YAML file of which only `limits` is read.
        spark_master: where the engine `spark` runs.
        as_of: holds only the limits in force on this date; None: all of them.

    Raises:
        SettingsError: the policy file is not what it should be.
        BadInput: the candidates are not, or a limit names what they do not have.
        Infeasible, NoPlanInTime: as `solve`; solution.json is written all the same.
    """
    limits = limits_on(as_of, policy)
    try:
        if engine == "spark":
            from jobs.solve_in_spark import solve_files  # noqa: PLC0415  pyspark is heavy

            plan, table = solve_files(candidates, limits, gap, time_limit_seconds, Spark(master=spark_master))
            answered(plan, gap)
        else:
            table = read_candidates(candidates, limits)
            problem = Problem.from_table(table)
            _check_matches(problem, limits)
            plan = solve(problem, limits, engine=engine, max_gap=gap, time_limit_seconds=time_limit_seconds)
    except BadInput as error:
        raise BadInput(f"{candidates}: {error}") from None
    except (Infeasible, NoPlanInTime) as error:
        write_solution(out, table, error.plan, as_of)
        raise
    write_solution(out, table, plan, as_of)
    return plan


def limits_on(as_of: date | None, policy: Path) -> list[Limit]:
    """The limits of a policy file that are in force on a date; without one, all of them."""
    return [limit for limit in read_limits(policy) if as_of is None or limit.holds_on(as_of)]


def read_limits(policy: Path) -> tuple[Limit, ...]:
    """The limits of a policy file; faults name its lines."""
    whole = read_yaml(policy)
    rows = whole.data.get("limits") if isinstance(whole.data, dict) else None
    lines = {place[1:]: line for place, line in whole.lines.items() if place[:1] == ("limits",)}
    return validate_rows(Document(policy, rows or [], lines), Limit)


def read_candidates(path: Path, limits: list[Limit]) -> pa.Table:
    """The columns that matter, with amounts in millionths.

    Raises:
        BadInput: not Parquet, a column is missing or no amount of money, or there is not one candidate.
    """
    try:
        found = ds.dataset(path, format="parquet")
        wanted, amounts = columns_read(limits)
        table = found.to_table(columns=[name for name in wanted if name in found.schema.names])
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput(f"cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    if not len(table):
        raise BadInput("there is not one candidate")
    for name in amounts:
        if name in table.column_names:
            place = table.column_names.index(name)
            table = table.set_column(place, name, in_millionths(table.column(name), name))
    return table


def columns_read(limits: Sequence[Limit]) -> tuple[list[str], list[str]]:
    """The columns that matter, and those of them that hold amounts.

    Raises:
        BadInput: a column is summed, in millionths, and matched, as it stands.
    """
    summed = sorted({name for limit in limits for name in (limit.sum, *(limit.ratio or ())) if name} - {"contacts"})
    matched = {name for limit in limits for name in limit.where}
    amounts = list(dict.fromkeys((*MONEY, *summed)))
    for name in amounts:
        if name in matched:
            raise BadInput(f"column {name!r} is summed by one limit and named in the `where` of another; copy it")
    return list(dict.fromkeys((*IDS, *MONEY, *summed, *sorted(matched)))), amounts


def _check_matches(problem: Problem, limits: list[Limit]) -> None:
    """A limit that counts nothing is a typing error more often than not."""
    idle = unmatched(problem, limits)
    if idle:
        raise BadInput(f"limit {idle[0]!r} matches none of the {len(problem)} candidates")
