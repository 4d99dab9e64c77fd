"""Candidates and limits -> the plan, in millionths."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from jobs.planning.household_capacity import max_per_household_on
from jobs.planning.night_plan import plan_night
from jobs.run_context import RunContext
from jobs.stages.optimize import certificate, price_rows, run

AS_OF = date(2024, 7, 1)
POLICY = """\
value: {cross_sell: "1", retention: "1"}
contact_policy: [%s]
limits:
  - {name: emails, count: contacts, where: {channel: [email]}, max: 1}
  - {name: july, count: contacts, max: 1, valid_from: 2024-07-02}
"""
ONE_A_HOUSEHOLD = "{name: home, max_contacts: 1, days: 1, per: household}"
CANDIDATES = pa.table(
    {
        "customer_id": ["ann", "ann", "bob", "bob"],
        "household_id": ["hill", "hill", "hill", "hill"],
        "offer_id": ["card"] * 4,
        "channel": ["email", "letter", "email", "letter"],
        "value": pa.array([11_000_000, 10_500_000, 9_000_000, 4_500_000], pa.int64()),
        "cost": pa.array([1_000_000, 1_500_000, 1_000_000, 2_500_001], pa.int64()),
        "propensity": [0.5, None, 0.5, 0.5],
    }
)


def test_the_plan_keeps_the_limits_in_force_and_carries_its_net_value(deploy):
    tonight = plan_night(CANDIDATES, deploy(policy=POLICY % ""), AS_OF)
    rows = tonight.rows.to_pylist()
    offered = [(row["customer_id"], row["channel"], row["net_value"]) for row in rows]
    assert offered == [("ann", "letter", 9_000_000), ("bob", "email", 8_000_000)]  # 17 beats 10 + 2
    assert {(row["probability"], row["chosen_by"]) for row in rows} == {(1.0, "plan")}
    (row,) = certificate(tonight).to_pylist()
    assert (row["status"], row["value"], row["bound"], row["gap"]) == ("optimal", 17_000_000, 17_000_000, 0.0)


def test_a_household_gets_no_more_than_its_rules_allow(deploy):
    tonight = plan_night(CANDIDATES, deploy(policy=POLICY % ONE_A_HOUSEHOLD), AS_OF)
    assert [(row["customer_id"], row["channel"]) for row in tonight.rows.to_pylist()] == [("ann", "email")]


def test_a_household_gets_as_many_as_its_candidates_say(deploy):
    two = POLICY % "{name: home, max_contacts: 2, days: 1, per: household}"
    for left, expected in ((1, ["ann"]), (2, ["ann", "bob"])):
        candidates = CANDIDATES.append_column("household_capacity", pa.array([left] * 4, pa.int64()))
        tonight = plan_night(candidates, deploy(policy=two), AS_OF)
        assert tonight.rows["customer_id"].to_pylist() == expected
        assert tonight.proof["max_per_household"] == "household_capacity"


def test_a_limit_holds_from_its_first_day_on(deploy):
    plan = plan_night(CANDIDATES, deploy(policy=POLICY % ""), date(2024, 7, 2)).plan
    assert [limit.name for limit in plan.limits] == ["emails", "july"]
    assert len(plan.chosen) == 1


@pytest.mark.parametrize(
    ("rules", "members"),
    [
        ([], None),
        (["{name: a, max_contacts: 1, days: 7}"], None),  # of customers, not of households
        (["{name: a, max_contacts: 1, days: 7, per: household}"], 1),
        (["{name: a, max_contacts: 0, days: 7}", ONE_A_HOUSEHOLD], 1),
        (["{name: a, max_contacts: 2, days: 7, per: household}"], "household_capacity"),
        (["{name: a, max_contacts: 2, days: 7, per: household, channels: [letter]}", ONE_A_HOUSEHOLD], 1),
        (["{name: a, max_contacts: 1, days: 7, per: household, except: [win_back]}"], "household_capacity"),
        (["{name: a, max_contacts: 0, days: 7, per: household, channels: [letter]}"], 1),
        (["{name: a, after: {outcome: declined, days: 9}, pause_days: 9, per: household}"], None),
    ],
)
def test_how_many_of_a_household_may_be_contacted_tonight(deploy, rules, members):
    assert max_per_household_on(deploy(policy=POLICY % ", ".join(rules)), AS_OF) == members


def test_prices_are_plain_numbers_in_the_units_of_the_limits(deploy):
    plan = plan_night(CANDIDATES, deploy(policy=POLICY % ""), AS_OF).plan
    (row,) = price_rows(plan.limits).to_pylist()
    assert (row["name"], row["use"], row["min"], row["max"], row["binding"]) == ("emails", 1.0, None, 1.0, True)
    assert 1 <= row["shadow_price"] <= 6.01  # one more is worth 1, one fewer costs 6
    assert not any(isinstance(value, Decimal) for value in row.values())
    assert price_rows(()).num_rows == 0


def test_a_night_without_candidates_has_an_empty_plan(deploy):
    none = CANDIDATES.slice(0, 0)
    tonight = plan_night(none, deploy(policy="value: {cross_sell: '1', retention: '1'}"), AS_OF)
    assert tonight.rows.num_rows == 0
    assert certificate(tonight)["value"].to_pylist() == [0]


def run_night(spark, deploy, *overrides):
    """One night of the optimizer on the lake; returns its plan, its prices and its certificate as rows."""
    context = RunContext(deploy(*overrides, policy=POLICY % ONE_A_HOUSEHOLD), AS_OF)
    context.__dict__["spark"] = spark
    context.lake.write_arrow(CANDIDATES, "candidates", AS_OF)
    run(context)
    return [context.lake.read_arrow(name, AS_OF).to_pylist() for name in ("plan", "limit_prices", "certificates")]


def test_a_night_in_spark_has_the_plan_the_prices_and_the_bound_of_one_in_memory(spark, deploy):
    *expected, (proof,) = run_night(spark, deploy, "deployment.optimizer.engine=prices")
    *shared_rows, (other,) = run_night(spark, deploy, "deployment.optimizer.engine=spark")
    assert shared_rows == expected
    assert [row["customer_id"] for row in shared_rows[0]] == ["ann"]
    compared = ("status", "value", "bound", "gap", "passes")
    assert [other[key] for key in compared] == [proof[key] for key in compared]
    assert other["engine"] == "spark"


@pytest.mark.parametrize(("most", "engine"), [(3, "spark"), (4, "exact")])
def test_auto_leaves_candidates_in_spark_above_the_number_that_settings_name(spark, deploy, most, engine):
    *_, (proof,) = run_night(spark, deploy, f"deployment.optimizer.spark_above={most}")
    assert proof["engine"] == engine
    assert proof["reason"].endswith("more than the 3 that stay in memory") is (engine == "spark")
