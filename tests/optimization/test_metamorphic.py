"""What must stay the same, or move the right way, when a night is changed."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from optimization import Limit, Problem, solve

CUSTOMERS = 150
ENGINES = pytest.mark.parametrize("engine", ["exact", "prices"])
MAX_GAP = 5e-3


@pytest.fixture(scope="module")
def candidates() -> pa.Table:
    pick = np.random.default_rng(5)
    who, offer, channel = (axis.ravel() for axis in np.meshgrid(range(CUSTOMERS), range(4), range(2), indexing="ij"))
    return pa.table(
        {
            "customer_id": [f"c{k}" for k in who],
            "offer_id": [f"o{k}" for k in offer],
            "channel": [["email", "sms"][k] for k in channel],
            "value": pick.integers(0, 12, len(who)) * 1_000_000,  # many ties
            "cost": (1 + channel) * 500_000,
        }
    )


BUDGET = Limit(name="budget", sum="cost", max=60)
LAUNCH = Limit(name="launch", count="contacts", where={"offer": ("o1",)}, min=20)
LIMITS = [BUDGET, LAUNCH]


def ids(table: pa.Table, plan) -> list[tuple]:
    return [
        tuple(row.values())
        for row in table.take(plan.chosen).select(["customer_id", "offer_id", "channel"]).to_pylist()
    ]


def solved(table: pa.Table, limits, engine: str):
    return solve(Problem.from_table(table), limits, engine=engine, max_gap=MAX_GAP)


@ENGINES
def test_shuffled_rows_give_the_same_plan_in_the_same_order(candidates, engine):
    plan = solved(candidates, LIMITS, engine)
    shuffled = candidates.take(np.random.default_rng(1).permutation(len(candidates)))
    again = solved(shuffled, LIMITS, engine)
    assert ids(shuffled, again) == ids(candidates, plan)
    assert (again.value, again.bound, again.shadow_price) == (plan.value, plan.bound, plan.shadow_price)


@ENGINES
def test_renamed_ids_leave_the_value_within_the_gap(candidates, engine):
    renamed = candidates.set_column(0, "customer_id", pc.binary_join_element_wise("x", candidates["customer_id"], "-"))
    plan, again = solved(candidates, LIMITS, engine), solved(renamed, LIMITS, engine)
    assert again.value <= plan.bound
    assert plan.value <= again.bound


@ENGINES
def test_money_in_a_currency_worth_a_thousandth_scales_everything_by_a_thousand(candidates, engine):
    scaled = candidates
    for name in ("value", "cost"):
        scaled = scaled.set_column(scaled.column_names.index(name), name, pc.multiply(scaled[name], 1000))
    plan = solved(candidates, LIMITS, engine)
    again = solved(scaled, [BUDGET.model_copy(update={"max": 60_000}), LAUNCH], engine)
    assert again.value <= plan.bound * 1000
    assert plan.value * 1000 <= again.bound


@ENGINES
def test_a_limit_that_cannot_bind_changes_no_value(candidates, engine):
    loose = Limit(name="loose", count="contacts", max=CUSTOMERS)
    plan, again = solved(candidates, LIMITS, engine), solved(candidates, [*LIMITS, loose], engine)
    assert again.value <= plan.bound
    assert plan.value <= again.bound
    assert again.shadow_price["loose"] == 0


@ENGINES
def test_more_budget_never_lowers_the_bound_and_its_price_foretells_by_how_much(candidates, engine):
    plan = solved(candidates, LIMITS, engine)
    more = solved(candidates, [BUDGET.model_copy(update={"max": 61}), LAUNCH], engine)
    assert plan.bound - 1 <= more.bound <= plan.bound + plan.shadow_price["budget"] * 1e6 + 1


@ENGINES
def test_an_offer_that_is_withdrawn_gains_nothing(candidates, engine):
    fewer = candidates.filter(pc.not_equal(candidates["offer_id"], "o3"))
    assert solved(fewer, LIMITS, engine).value <= solved(candidates, LIMITS, engine).bound


@ENGINES
def test_an_offer_that_is_doubled_changes_no_value(candidates, engine):
    copy = candidates.filter(pc.equal(candidates["offer_id"], "o3"))
    copy = copy.set_column(1, "offer_id", pa.array(["o3-again"] * len(copy)))
    plan, again = solved(candidates, LIMITS, engine), solved(pa.concat_tables([candidates, copy]), LIMITS, engine)
    assert again.value <= plan.bound
    assert plan.value <= again.bound


def test_ties_go_by_the_seeds_hash_and_not_by_the_alphabet(candidates):
    few = [Limit(name="few", count="contacts", max=15)]
    tied = candidates.set_column(3, "value", pa.array([5_000_000] * len(candidates)))
    plans = [solve(Problem.from_table(tied, seed=seed), few, max_gap=MAX_GAP) for seed in (1, 2)]
    winners = [{row[0] for row in ids(tied, plan)} for plan in plans]
    assert winners[0] != winners[1]
    assert all(chosen != {f"c{k}" for k in range(15)} for chosen in winners)


SCRIPT = """
import numpy as np, pyarrow as pa, sys
from optimization import Limit, Problem, solve
from optimization import bound
from optimization.engines import oracle
oracle.WORTH_A_THREAD, oracle.CHUNK, bound.CHUNK = 1, 16, 16
k = np.arange(2400)
table = pa.table({"customer_id": [f"c{i // 8}" for i in k], "offer_id": [f"o{i % 8}" for i in k],
                  "channel": ["sms"] * 2400, "value": (k * 7919 % 13) * 1_000_000, "cost": (k % 8) * 100_000})
plan = solve(Problem.from_table(table), [Limit(name="b", sum="cost", max=40)], engine="prices", max_gap=0.01,
             threads=int(sys.argv[1]))
print(plan.chosen.tolist(), plan.value, plan.bound, plan.shadow_price, plan.proof)
"""


def test_threads_hash_seeds_and_locales_change_nothing():
    def printed(threads: int, **environment: str) -> str:
        surroundings = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment}
        command = [sys.executable, "-c", SCRIPT, str(threads)]
        return subprocess.run(command, env=surroundings, check=True, capture_output=True, text=True).stdout

    first = printed(1, PYTHONHASHSEED="1", TZ="UTC")
    assert first == printed(2, PYTHONHASHSEED="2", TZ="Asia/Tokyo", LANG="de_DE.UTF-8")
    assert first == printed(4)
