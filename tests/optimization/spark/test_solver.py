"""Candidates in Spark get the plan, the prices and the bound that the engine `prices` finds, for any partitioning."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from optimization import BadInput, Infeasible, NoPlanInTime, Problem, conflict, engines, solve
from optimization.compilation import compile_program
from optimization.engines import infeasibility, lagrangian, price_engine, price_search
from optimization.presolve import without_oversized
from optimization.spark import customers, partitions
from optimization.spark.customers import InSpark
from optimization.spark.partitions import PartitionLost, Partitions
from optimization.spark.solver import solve_in_spark

MAX_GAP = 0.5
CUSTOMERS = 40
SAMPLE = 4


@pytest.fixture
def partitioned_into(monkeypatch):
    """Sizes at which forty customers go through samples, price boxes and passes as millions do, in n partitions."""
    for module, name, size in [
        (price_engine, "BRANCHED", 0),
        (engines, "MOST_FOR_EXACT", 0),
        (conflict, "MOST_FOR_EXACT", 0),
        (price_search, "SMALLEST_SAMPLE", 1),
        (price_search, "SMALLEST_PER_ROW", 0),
        (price_search, "SMALLEST_BOXED", 3),
        (price_search, "GROWTH", 2),
        (price_search, "HEAD", 2),
        (lagrangian, "HEAD", 2),
        (infeasibility, "SAMPLE", 2),
        (customers, "SAMPLE", SAMPLE),
    ]:
        monkeypatch.setattr(module, name, size)
    return lambda count, table: monkeypatch.setattr(partitions, "PARTITION_SIZE", max(len(table) // count, 1))


def by_prices(night):
    try:
        return solve(night.problem(), night.limits, engine="prices", max_gap=MAX_GAP)
    except (Infeasible, NoPlanInTime) as error:
        return error.plan


def in_spark(spark, night, seed: int):
    shuffled = night.table.take(np.random.default_rng(seed).permutation(len(night.table)))
    frame = spark.createDataFrame(shuffled).coalesce(1 + seed % 2)
    return solve_in_spark(frame, night.limits, max_per_household=night.max_per_household, max_gap=MAX_GAP)


def outcome_of(plan) -> tuple:
    """All that a plan states, except which candidates, which engine and how long."""
    shown = (plan.status, plan.has_plan, plan.value, plan.bound, plan.limits, plan.conflict, plan.relaxation)
    return (*shown, plan.proof, plan.passes)


def ids(table: pa.Table) -> list[tuple[str, ...]]:
    return sorted(tuple(row.values()) for row in table.select(["customer_id", "offer_id", "channel"]).to_pylist())


def check_same(spark, night, seed: int) -> str:
    """Solve both ways; returns how it ended."""
    expected, spark_plan = by_prices(night), in_spark(spark, night, seed)
    assert outcome_of(spark_plan.plan) == outcome_of(expected)
    rows = spark_plan.rows.toArrow() if spark_plan.rows is not None else night.table.slice(0, 0)
    assert ids(rows) == ids(night.table.take(expected.chosen))
    spark_plan.release()
    return str(expected.status)


def leaves_candidates(night) -> bool:
    """Whether any candidate could be chosen beside none other."""
    program = compile_program(night.problem(), night.limits) if len(night.table) else None
    return program is not None and len(without_oversized(program).net) > 0


#  seed 57: candidates that alone break a limit; 8: places of each household, a ratio, a share; 34: limits in conflict
@pytest.mark.parametrize(("seed", "count"), [(57, 7), (8, 2), (34, 1)])
def test_nights_end_as_with_prices_in_any_number_of_partitions(seed, count, spark, partitioned_into, random_night):
    night = random_night(seed, CUSTOMERS)
    partitioned_into(count, night.table)
    check_same(spark, night, seed)


@pytest.mark.full
def test_many_nights_of_all_kinds_end_as_with_prices(spark, partitioned_into, random_night):
    ends = set()
    for seed in range(40):
        night = random_night(seed, CUSTOMERS)
        partitioned_into(1 + seed % 4, night.table)
        if leaves_candidates(night):  # of none at all, one process makes a tree of one leaf
            ends.add(check_same(spark, night, seed))
    assert ends >= {"optimal", "within_gap", "infeasible", "no_plan_in_time"}


@pytest.fixture
def tied(limit):
    """Thirty customers who are all alike, and emails for ten."""
    names = [f"c{k}" for k in range(30)]
    money = {"value": pa.array([5_000_000] * 30, pa.int64()), "cost": pa.array([1_000_000] * 30, pa.int64())}
    table = pa.table({"customer_id": names, "offer_id": ["card"] * 30, "channel": ["email"] * 30, **money})
    return table, [limit("emails", count="contacts", where={"channel": ["email"]}, max=10)]


def test_files_are_read_past_spark_to_the_same_plan(spark, partitioned_into, tied, tmp_path):
    table, limits = tied
    partitioned_into(3, table)
    coded = table.set_column(0, "customer_id", table["customer_id"].dictionary_encode())
    for name, rows in (("a", table.slice(0, 12)), ("b", coded.slice(12))):
        pq.write_table(rows, tmp_path / f"{name}.parquet", row_group_size=5)
    frame = spark.read.parquet(str(tmp_path))
    plain = solve_in_spark(frame, limits, max_gap=MAX_GAP)
    spark_plan = solve_in_spark(frame, limits, max_gap=MAX_GAP, files=sorted(tmp_path.glob("*.parquet")))
    assert outcome_of(spark_plan.plan) == outcome_of(plain.plan)
    assert ids(spark_plan.rows.toArrow()) == ids(plain.rows.toArrow())
    with pytest.raises(PartitionLost, match="30 candidates became 12 in pieces"):
        solve_in_spark(frame, limits, files=[tmp_path / "a.parquet"])


def test_ties_go_to_the_same_customers_for_every_seed_and_number_of_partitions(spark, partitioned_into, tied):
    table, limits = tied
    for seed, count in ((1, 2), (2, 3)):
        partitioned_into(count, table)
        expected = solve(Problem.from_table(table, seed=seed), limits, engine="prices", max_gap=MAX_GAP)
        spark_plan = solve_in_spark(spark.createDataFrame(table), limits, seed=seed, max_gap=MAX_GAP)
        assert ids(spark_plan.rows.toArrow()) == ids(table.take(expected.chosen))
        assert spark_plan.plan.limit("emails").use == 10
        spark_plan.release()


def test_the_driver_holds_samples_and_undecided_customers_only(spark, partitioned_into, tied, monkeypatch):
    table, _ = tied
    partitioned_into(3, table)
    held = []
    real = customers.joined
    monkeypatch.setattr(customers, "joined", lambda parts: held.append(real(parts)) or held[-1])
    spark_plan = solve_in_spark(spark.createDataFrame(table), [], max_gap=MAX_GAP)
    assert spark_plan.plan.value == 30 * 4_000_000  # without limits everybody is fixed
    assert max(program.customers for program in held) <= SAMPLE
    spark_plan.release()


def test_few_candidates_are_gathered_and_branched_upon(spark, night, limit, table):
    drawn = """
        customer_id | offer_id | channel | value | cost
        ann         | card     | email   | 10    | 4
        bob         | card     | email   | 9     | 4
        eve         | card     | email   | 5     | 1
    """
    spark_plan = solve_in_spark(spark.createDataFrame(table(drawn)), [limit("budget", sum="cost", max=7)], max_gap=0)
    assert ids(spark_plan.rows.toArrow()) == [("ann", "card", "email"), ("eve", "card", "email")]
    assert (spark_plan.plan.engine, spark_plan.plan.reason) == ("spark", "3 candidates: few enough for one process")


BAD = """
    customer_id | offer_id | channel | value | cost | household_id
    ann         | card     | email   | 10    | 4    | h1
    ann         | loan     | email   | 9     | 4    | h1
    bob         | card     | email   | 9     | 4    | -
"""


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda t: t.drop_columns(["channel"]), "no column 'channel'"),
        (lambda t: t.set_column(3, "value", pa.array([1.0, 2.0, 3.0])), r"millionths .*\(int64\), found double"),
        (lambda t: t.set_column(0, "customer_id", pa.array(["ann", None, "bob"])), "customer_id must not be null"),
        (lambda t: t.set_column(4, "cost", pa.array([1, -1, 1])), r"cost must be >= 0 \(1 row.* within piece"),
        (lambda t: pa.concat_tables([t, t.slice(0, 1)]), r"must be unique \(1 row"),
        (lambda t: t.set_column(5, "household_id", pa.array(["h1", None, "h2"])), r"household_id differs .*\(1 cust"),
    ],
)
def test_invalid_candidates_are_refused(spoil, message, spark, partitioned_into, table):
    spoiled = spoil(table(BAD))
    partitioned_into(2, spoiled)
    with pytest.raises(BadInput, match=message):
        solve_in_spark(spark.createDataFrame(spoiled), [], max_per_household=1)


def test_limits_that_name_nothing_are_refused_as_by_prices(spark, partitioned_into, table, limit):
    frame = spark.createDataFrame(table(BAD))
    with pytest.raises(BadInput, match="have no column 'hours'"):
        solve_in_spark(frame, [limit("hours", sum="hours", max=1)])
    with pytest.raises(BadInput, match="limit 'fax' matches none of the 3 candidates"):
        solve_in_spark(frame, [limit("fax", count="contacts", where={"channel": ["fax"]}, max=1)], must_match=True)


def lost(results):
    return results.filter("partition > 0")


def doubled(results):
    return results.union(results.filter("partition = 0"))


@pytest.mark.parametrize("fault", [lost, doubled])
def test_a_partition_that_is_lost_or_counted_twice_is_caught(fault, spark, partitioned_into, tied, monkeypatch):
    table, limits = tied
    partitioned_into(3, table)
    real = Partitions._few_tasks
    monkeypatch.setattr(Partitions, "_few_tasks", staticmethod(lambda frame: fault(real(frame))))
    with pytest.raises(PartitionLost, match="were asked"):
        solve_in_spark(spark.createDataFrame(table), limits)


def test_rows_that_are_lost_on_the_way_to_their_partition_are_caught(spark, partitioned_into, tied, monkeypatch):
    table, limits = tied
    partitioned_into(3, table)
    frame = spark.createDataFrame(table)
    monkeypatch.setattr(type(frame), "repartitionById", lambda self, *_: self.filter("partition > 0").coalesce(1))
    with pytest.raises(PartitionLost, match="30 candidates became"):
        solve_in_spark(frame, limits)


def test_a_plan_whose_rows_are_not_the_prices_choice_does_not_stand_the_recount(
    spark, partitioned_into, tied, monkeypatch
):
    table, limits = tied
    partitioned_into(3, table)
    real = InSpark.choose
    monkeypatch.setattr(InSpark, "choose", lambda self, box, positions: real(self, box, positions[1:]))
    with pytest.raises(AssertionError, match="does not stand the recount"):
        solve_in_spark(spark.createDataFrame(table), limits, max_gap=MAX_GAP)
