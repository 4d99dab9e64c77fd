"""The optimizer alone, from files to files."""

import json
import math
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conf.errors import SettingsError
from conf.micros import Unit
from expectations.tables.candidates import TABLE as CONTRACT
from jobs.cli.solve import run
from jobs.cli.verify_solution import verify_solution
from jobs.core.micros import column_to_micros
from jobs.planning.candidate_files import LAKE_COLUMNS, read_limits
from jobs.planning.night_plan import plan_night
from optimization import BadInput, Infeasible, NoPlanInTime

#            0 ann email    1 ann sms    2 bob email    3 bob sms
COLUMNS = {
    "customer_id": ["ann", "ann", "bob", "bob"],
    "offer_id": ["card", "card", "card", "card"],
    "channel": ["email", "sms", "email", "sms"],
    "value": [11.0, 10.5, 9.0, 4.5],
    "cost": [1.0, 1.5, 1.0, 1.5],
}
ONE_EMAIL = "limits:\n  - {name: emails, count: contacts, where: {channel: [email]}, max: 1}\n"


@pytest.fixture
def folder(tmp_path):
    pq.write_table(pa.table(COLUMNS), tmp_path / "candidates.parquet")
    (tmp_path / "policy.yaml").write_text("value: {whatever: else}\n" + ONE_EMAIL)
    return tmp_path


def solve_in(folder, **settings):
    return run(folder / "candidates.parquet", folder / "policy.yaml", folder / "out", **settings)


def rewrite(folder, **columns):
    pq.write_table(pa.table({**COLUMNS, **columns}), folder / "candidates.parquet")


def test_the_plan_and_its_proof_are_written_in_units_of_the_currency(folder):
    solve_in(folder)
    plan = pq.read_table(folder / "out" / "plan.parquet").to_pylist()
    assert [(row["customer_id"], row["channel"]) for row in plan] == [("ann", "sms"), ("bob", "email")]
    assert [row["net_value"] for row in plan] == [Decimal(9), Decimal(8)]  # 9 + 8 = 17 beats 10 + 3
    solution = json.loads((folder / "out" / "solution.json").read_text())
    assert (solution["status"], solution["value"], solution["bound"], solution["gap"]) == ("optimal", 17.0, 17.0, 0.0)
    (emails,) = solution["limits"]
    assert (emails["name"], emails["use"], emails["max"], emails["binding"]) == ("emails", 1.0, 1.0, True)
    assert 1 <= emails["shadow_price"] <= 5


def test_a_folder_of_parquet_files_gives_the_same_bytes_as_one_file(folder):
    solve_in(folder)
    expected = (folder / "out" / "plan.parquet").read_bytes()
    (folder / "many").mkdir()
    for part in (0, 1):
        pq.write_table(pa.table(COLUMNS).take([3 - part, 1 - part]), folder / "many" / f"{part}.parquet")
    run(folder / "many", folder / "policy.yaml", folder / "out")
    assert (folder / "out" / "plan.parquet").read_bytes() == expected


def test_limits_that_conflict_leave_a_solution_that_names_them_and_no_plan(folder):
    solve_in(folder)
    (folder / "policy.yaml").write_text(ONE_EMAIL + "  - {name: all, count: contacts, min: 3}\n")
    with pytest.raises(Infeasible, match="together: all; enough would be: cut the min of 'all' from 3 to 2"):
        solve_in(folder)
    assert {path.name for path in (folder / "out").iterdir()} == {"solution.json", "proof.json"}
    solution = json.loads((folder / "out" / "solution.json").read_text())
    assert (solution["status"], solution["conflict"], solution["value"]) == ("infeasible", ["all"], None)


def test_time_that_ran_out_is_said_in_the_solution(folder):
    (folder / "policy.yaml").write_text("limits:\n  - {name: budget, sum: cost, max: 1.7}\n")
    with pytest.raises(NoPlanInTime, match="raise the time limit or the gap"):  # money for an email and a half
        solve_in(folder, time_limit_seconds=0.0)
    assert json.loads((folder / "out" / "solution.json").read_text())["status"] == "no_plan_in_time"


def test_a_dated_limit_holds_only_on_its_dates(folder):
    (folder / "policy.yaml").write_text(ONE_EMAIL.replace("max: 1", "max: 1, valid_from: 2024-02-01"))
    assert solve_in(folder, as_of=date(2024, 1, 31)).value == 18_000_000  # both by email
    assert solve_in(folder, as_of=date(2024, 2, 1)).value == 17_000_000
    assert solve_in(folder).value == 17_000_000  # without a date every limit holds


def test_a_fault_in_the_policy_names_its_line(folder):
    (folder / "policy.yaml").write_text(ONE_EMAIL + "  - {name: x, count: contacts, mox: 1}\n")
    with pytest.raises(SettingsError, match=r"policy.yaml:3: unknown key .*mox"):
        read_limits(folder / "policy.yaml")


@pytest.mark.parametrize("kind", ["count: contacts", "sum: cost", "ratio: [value, cost]"])
@pytest.mark.parametrize(
    ("bounds", "fault"),
    [
        ("max: 1.0e+50", "x.max: is too large"),
        ("max: 1e300", "x.max: is too large"),
        ("min: -1e300", "x.min: is too large"),
        ("min: 1, shortfall_price: 1e50", "x.shortfall_price: is too large"),
        ("min: 1e-300", "x.min: has too many decimals"),
        ("min: 1, shortfall_price: 1e-50", "x.shortfall_price: has too many decimals"),
    ],
)
def test_a_bound_that_no_sum_could_reach_names_its_file_and_line(folder, kind, bounds, fault):
    (folder / "policy.yaml").write_text(ONE_EMAIL + f"  - {{name: x, {kind}, {bounds}}}\n")
    with pytest.raises(SettingsError, match=rf"policy.yaml:3: {fault}"):
        solve_in(folder)


def test_a_policy_without_limits_is_no_fault(folder):
    (folder / "policy.yaml").write_text("value: {}\n")
    assert solve_in(folder).value == 18_000_000


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"value": [1.0, math.nan, 3.0, math.inf]}, r"column 'value' must be a finite number \(2 rows, first 1, 3\)"),
        ({"value": [1.0, None, 3.0, 4.0]}, r"column 'value' must not be null \(1 row, first 1\)"),
        ({"value": ["1", "2", "3", "4"]}, "column 'value' must hold numbers, found string"),
        ({"value": [1e12, 0.0, 0.0, 0.0]}, r"column 'value' must not exceed 9007199254 units \(1 row, first 0\)"),
        ({"cost": [0.0, 0.0, -0.5, 0.0]}, r"cost must be >= 0 \(1 row, first 2\)"),
        ({"customer_id": [1, 2, 3, 4]}, "customer_id must be text, found int64"),
        ({"channel": ["email", None, "email", "sms"]}, r"channel must not be null \(1 row, first 1\)"),
        ({"channel": ["sms", "sms", "email", "sms"]}, r"must be unique \(1 row, first 1\)"),
        ({"channel": ["sms", "fax", "fax", "sms"]}, "limit 'emails' matches none of the 4 candidates"),
    ],
)
def test_bad_candidates_are_named_with_file_column_and_rows(folder, columns, message):
    rewrite(folder, **columns)
    with pytest.raises(BadInput, match=rf"candidates\.parquet: .*{message}"):
        solve_in(folder)
    assert not (folder / "out").exists()


def test_what_is_no_parquet_or_holds_no_row_is_refused(folder):
    (folder / "candidates.parquet").write_text("customer_id,offer_id\n")
    with pytest.raises(BadInput, match="cannot be read as Parquet"):
        solve_in(folder)
    pq.write_table(pa.table(COLUMNS).slice(0, 0), folder / "candidates.parquet")
    with pytest.raises(BadInput, match="there is not one candidate"):
        solve_in(folder)


def test_a_missing_column_is_named_with_its_nearest_neighbour(folder):
    pq.write_table(
        pa.table(COLUMNS).drop_columns(["cost"]).append_column("Cost", [[1.0] * 4]), folder / "candidates.parquet"
    )
    with pytest.raises(BadInput, match="no column 'cost'"):
        solve_in(folder)


def test_a_budget_is_in_units_of_the_currency_as_the_costs_are(folder):
    (folder / "policy.yaml").write_text("limits:\n  - {name: budget, sum: cost, max: 2}\n")
    assert solve_in(folder).value == 18_000_000
    solution = json.loads((folder / "out" / "solution.json").read_text())
    assert solution["limits"][0]["use"] == 2.0


#: a night's own candidates: whole millionths, in the columns of the lake's table
LAKE = {
    "customer_id": ["ann", "ann", "bob", "bob"],
    "household_id": ["hill", "hill", "hill", None],
    "offer_id": ["card"] * 4,
    "channel": ["email", "sms", "email", "sms"],
    "objective": ["cross_sell"] * 4,
    "category": [None, None, None, "meat"],
    "value": [11_000_000, 10_500_000, 9_000_000, 4_500_001],
    "cost": [1_000_000, 1_500_000, 1_000_000, 1_500_000],
    "propensity": [0.5, None, 0.5, 0.5],
}


def test_the_candidates_of_a_night_give_the_plan_of_the_night(folder, deploy):
    table = pa.table(LAKE)
    night = plan_night(table, deploy(policy='value: {cross_sell: "1", retention: "1"}\n' + ONE_EMAIL), date(2024, 7, 1))
    pq.write_table(table, folder / "candidates.parquet")
    assert solve_in(folder).value == night.plan.value == 17_000_000
    assert pq.read_table(folder / "out" / "plan.parquet")["net_value"].to_pylist() == [Decimal(9), Decimal(8)]


def test_the_lake_is_known_by_the_columns_that_its_contract_declares():
    assert sorted(LAKE_COLUMNS) == sorted(column.name for column in CONTRACT.columns if column.is_required)


def test_whole_numbers_in_64_bits_are_units_or_millionths_only_as_the_caller_says(folder):
    rewrite(folder, value=[11, 10, 9, 4], cost=[1, 1, 1, 1])
    with pytest.raises(BadInput, match="units or millionths of the currency: say --unit units or --unit micros"):
        solve_in(folder)
    assert solve_in(folder, unit=Unit.UNITS).value == 17_000_000
    assert solve_in(folder, unit=Unit.MICROS).value == 17
    rewrite(folder, value=[11, 10, 9, 4])  # costs with a fraction: units
    assert solve_in(folder).value == 16_500_000
    with pytest.raises(BadInput, match="column 'cost' must hold millionths"):
        solve_in(folder, unit=Unit.MICROS)


def test_sums_that_a_float_cannot_tell_are_written_with_all_their_digits(folder):
    rewrite(folder, value=[Decimal("9007199253.000001")] * 4, cost=[Decimal(0)] * 4)
    (folder / "policy.yaml").write_text("limits: []\n")
    solve_in(folder)
    text = (folder / "out" / "solution.json").read_text()
    assert '"value": 18014398506.000002,' in text
    assert json.loads(text, parse_float=Decimal)["bound"] == Decimal("18014398506.000002")
    verify_solution(folder / "out", folder / "candidates.parquet", folder / "policy.yaml")


def test_limits_may_sum_and_match_further_columns(folder):
    rewrite(folder, hours=[0.5, 0.25, 0.5, 0.25], tier=[1, 1, 2, 2])
    (folder / "policy.yaml").write_text(
        "limits:\n  - {name: hours, sum: hours, max: 0.75}\n"
        "  - {name: tier, count: contacts, where: {tier: [2]}, min: 1}\n"
    )
    assert solve_in(folder).value == 17_000_000
    (folder / "policy.yaml").write_text(
        "limits:\n  - {name: a, sum: tier, max: 3}\n  - {name: b, count: contacts, where: {tier: [2]}, max: 1}\n"
    )
    with pytest.raises(BadInput, match="column 'tier' is summed by one limit and named in the `where` of another"):
        solve_in(folder)


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.decimal128(9, 2), pa.int32()])
def test_every_kind_of_number_becomes_whole_millionths(kind):
    column = pa.chunked_array([pa.array([Decimal(3), Decimal(-2)]).cast(kind)])
    assert column_to_micros(column, "value").to_pylist() == [3_000_000, -2_000_000]


def test_decimals_round_to_the_nearest_millionth_and_stop_where_floats_do():
    column = pa.chunked_array([pa.array([Decimal("0.00000149"), Decimal("-0.0000016")])])
    assert column_to_micros(column, "value").to_pylist() == [1, -2]
    with pytest.raises(BadInput, match="must not exceed"):
        column_to_micros(pa.chunked_array([pa.array([Decimal("1e13")])]), "value")
