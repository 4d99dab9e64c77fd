"""`oneoffer solve --engine spark`: the same files as `prices` writes, and the same words for bad candidates."""

import json
import math
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.cli import solve_in_spark
from jobs.cli.solve import run
from optimization import BadInput, Infeasible

COLUMNS = {
    "customer_id": ["ann", "ann", "bob", "bob"],
    "offer_id": ["card", "card", "card", "card"],
    "channel": ["email", "sms", "email", "sms"],
    "value": [11.0, 10.5, 9.0, 4.5],
    "cost": [1.0, 1.5, 1.0, 1.5],
    "hours": [Decimal("0.5"), Decimal("0.25"), Decimal("0.5"), Decimal("0.25")],
    "tier": [1, 1, 2, 2],
}
LIMITS = """\
limits:
  - {name: emails, count: contacts, where: {channel: [email]}, max: 1}
  - {name: hours, sum: hours, max: 0.75}
  - {name: tier, count: contacts, where: {tier: [2]}, min: 1}
"""


@pytest.fixture
def folder(tmp_path, spark, monkeypatch):
    monkeypatch.setattr(solve_in_spark, "session_for", lambda *_: spark)
    pq.write_table(pa.table(COLUMNS), tmp_path / "candidates.parquet")
    (tmp_path / "policy.yaml").write_text(LIMITS)
    return tmp_path


def solve_in(folder, **settings):
    return run(folder / "candidates.parquet", folder / "policy.yaml", folder / "out", **settings)


def solution(folder) -> dict:
    content = json.loads((folder / "out" / "solution.json").read_text())
    return {key: value for key, value in content.items() if key not in ("engine", "reason", "seconds")}


def test_the_plan_has_the_bytes_and_the_proof_that_prices_has(folder):
    solve_in(folder, engine="prices")
    expected = solution(folder), (folder / "out" / "plan.parquet").read_bytes()
    plan = solve_in(folder, engine="spark")
    assert (solution(folder), (folder / "out" / "plan.parquet").read_bytes()) == expected
    assert (plan.engine, len(plan.chosen), plan.value) == ("spark", 2, 17_000_000)  # ann by sms 9, bob by email 8


def test_limits_that_conflict_leave_a_solution_that_names_them_and_no_plan(folder):
    (folder / "policy.yaml").write_text(LIMITS + "  - {name: all, count: contacts, min: 3}\n")
    with pytest.raises(Infeasible, match="together: all"):
        solve_in(folder, engine="spark")
    assert {path.name for path in (folder / "out").iterdir()} == {"solution.json", "proof.json"}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"value": [1.0, math.nan, 3.0, math.inf]}, r"column 'value' must be a finite number \(2 rows\)"),
        ({"value": [1.0, None, 3.0, 4.0]}, r"column 'value' must not be null \(1 row\)"),
        ({"value": ["1", "2", "3", "4"]}, "column 'value' must hold numbers, found string"),
        ({"value": [1e12, 0.0, 0.0, 0.0]}, r"column 'value' must not exceed 9007199254 units \(1 row\)"),
        ({"cost": [0.0, 0.0, -0.5, 0.0]}, r"cost must be >= 0 \(1 row, first 2\)"),
        ({"customer_id": [1, 2, 3, 4]}, "customer_id must be text, found int64"),
        ({"channel": ["sms", "fax", "fax", "sms"]}, "limit 'emails' matches none of the 4 candidates"),
    ],
)
def test_bad_candidates_are_named_with_file_and_column(folder, columns, message):
    pq.write_table(pa.table({**COLUMNS, **columns}), folder / "candidates.parquet")
    with pytest.raises(BadInput, match=rf"candidates\.parquet: .*{message}"):
        solve_in(folder, engine="spark")
    assert not (folder / "out").exists()


def test_what_is_no_parquet_or_holds_no_row_is_refused(folder):
    (folder / "candidates.parquet").write_text("customer_id,offer_id\n")
    with pytest.raises(BadInput, match="cannot be read as Parquet"):
        solve_in(folder, engine="spark")
    pq.write_table(pa.table(COLUMNS).slice(0, 0), folder / "candidates.parquet")
    with pytest.raises(BadInput, match="there is not one candidate"):
        solve_in(folder, engine="spark")


@pytest.mark.parametrize("kind", ["double", "float", "decimal(9,2)", "int", "bigint"])
def test_every_kind_of_number_becomes_whole_millionths(spark, kind):
    frame = spark.sql(f"select cast(3 as {kind}) as value union all select cast(-2 as {kind})")
    amounts = frame.select(solve_in_spark._to_micros(frame, "value")).toArrow()
    assert sorted(amounts.column(0).to_pylist()) == [-2_000_000, 3_000_000]
