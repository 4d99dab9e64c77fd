"""What must not alarm: the auditor is silent about a set that keeps everything."""

from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.audit import RawTable, audit
from expectations.audit.formula_rows import rows_of_customers
from tests.expectations.audit.drawn.raw import ATTRIBUTES

OPTED_OUT, UNKNOWN = "consent: opted out while the night ran", "value: its value or cost is not known"
NO_CONSENT = ["consent: no consent for email", "consent: no consent for sms"]
EVERYBODY = ["007", "ann", "bob", "cid", "dora", "eve"]


def test_a_clean_set_has_no_breach(night):
    assert audit(night.evidence()) == []


def test_of_nobody_nothing_is_read(night):
    assert rows_of_customers(night.evidence(), []) == {}


def test_a_gap_as_large_as_settings_allow_is_no_breach(night):
    night.bound_above_value = Decimal("0.002050")  # 0.00205 / 20.50205 is a hair below 0.0001
    assert audit(night.evidence()) == []


def test_a_limit_out_of_its_dates_is_not_judged(night):
    night.limit("budget").update(max=1, valid_from="2024-07-02")
    night.limit("emails").update(max=1, valid_to="2024-06-30")
    assert audit(night.evidence()) == []


def test_a_ratio_of_nothing_over_nothing_keeps_every_bound(night):
    night.limit("return")["where"] = {"channel": ["fax"]}
    assert audit(night.evidence()) == []


def test_limits_of_periods_that_are_just_kept(night, new_decision):
    night.sent_on("2024-07-03", new_decision("x", "offered", "gift", "email", "5", "1.5"))
    night.sent_on("2024-06-30", new_decision("x", "offered", "gift", "email", "5", "1.5"))
    night.sent_on("2024-06-28", new_decision("x", "offered", "gift", "email", "5", "1.5"))
    night.policy["limits"] += [
        {"name": "of the month", "sum": "cost", "per": "month", "pace": "free", "max": 6.5, "min": 99},
        {"name": "of the week", "count": "contacts", "per": "week", "max": 19, "min": 18},
        {"name": "of three days", "count": "contacts", "days": 3, "max": 4, "where": {"offer": ["gift", "card"]}},
        {"name": "wish of the quarter", "count": "contacts", "per": "quarter", "pace": "free", "min": 99},
    ]
    night.tonight = {
        "of the month": {"min": None, "max": 5},
        "of the week": {"min": 3, "max": 3},  # six nights are left for 17 or 18
        "of three days": {"max": 3},
    }
    assert audit(night.evidence()) == []


def test_an_empty_cell_of_offers_csv_is_not_the_word_none(night):
    night.offers[0]["category"] = "shoes"  # and the gift has none
    night.policy["limits"].append({"name": "no none", "count": "contacts", "where": {"category": ["None"]}, "max": 0})
    assert audit(night.evidence()) == []


def test_what_a_missed_wish_costs_is_rounded_against_the_plan(night):
    night.limit("card wish")["shortfall_price"] = "0.0000005"  # half a millionth
    night.change_manifest = lambda manifest: manifest["plan"].update(value="20.999999", bound="20.999999")
    assert audit(night.evidence()) == []


def test_a_policy_without_limits_and_without_a_holdout_is_a_policy(night):
    night.policy = {part: night.policy[part] for part in ("value", "cost")}
    night.of("dora").update(status="no_consent", reasons=["no_consent"])
    night.change_manifest = lambda manifest: manifest["plan"].update(value="21", bound="21")  # no wish that is missed
    assert audit(night.evidence()) == []


def test_a_minimum_may_be_missed_once_somebody_opted_out_while_the_night_ran(night):
    night.further_candidates = [dict(night.of("007"))]
    night.consents += "007,email,false,2024-07-01\n"
    night.of("007").update(
        status="no_consent", reasons=[OPTED_OUT, "consent: no consent for sms", UNKNOWN], offer_id=None, channel=None,
        value=None, cost=None, net_value=None, probability=None, chosen_by=None,
    )  # fmt: skip
    night.opted_out = 1
    night.change_manifest = lambda manifest: manifest["plan"].update(value="20.5", bound="20.5")  # as it was planned
    assert audit(night.evidence()) == []


def test_a_list_taken_from_transactions_names_customers_many_times(night):
    night.customers += "ann,1\nann,1\ncid,\n"
    assert audit(night.evidence()) == []


def test_a_household_is_drawn_as_one(night, salt_for):
    night.policy["holdout"]["per"] = "household"
    night.salt = salt_for({"dora"}, ["7", "1", "2", "cid", "dora"])  # cid and dora are households of their own
    assert audit(night.evidence()) == []


def test_an_objector_of_the_holdout_is_called_objector(night, salt_for):
    night.salt = salt_for({"dora", "eve"}, EVERYBODY)
    assert audit(night.evidence()) == []


def test_without_a_list_of_consents_the_deployment_decides_for_everybody(night):
    night.consents = None
    for customer in ("cid", "eve"):
        night.of(customer).update(status="no_value", reasons=[UNKNOWN])
    assert audit(replace(night.evidence(), unknown_consent_is_allowed=True)) == []


def test_an_answer_about_a_channel_goes_before_the_answer_about_all(night):
    night.consents += "bob,*,true,2024-03-01\nann,sms,false,2024-03-01\n"  # ann gets an e-mail
    assert audit(night.evidence()) == []


def test_an_id_that_a_spreadsheet_would_run_is_sent_as_the_source_has_it(night, salt_for):
    night.customers = night.customers.replace("bob", "=1+1")
    night.consents = night.consents.replace("bob", "=1+1")
    night.of("bob")["customer_id"] = "=1+1"
    night.salt = salt_for({"dora"}, ["=1+1", *(item for item in EVERYBODY if item != "bob")])
    assert audit(night.evidence()) == []


@pytest.mark.parametrize("kind", [pa.int32(), pa.float64()])
def test_a_raw_table_of_numbers_names_customers_as_their_digits(night, tmp_path, kind):
    ids = {name: str(number) for number, name in enumerate(EVERYBODY)}
    for row in night.decisions:
        row["customer_id"] = ids[row["customer_id"]]
    night.policy["holdout"] = None
    night.of("4").update(status="no_consent", reasons=["no_consent"])
    for name, number in ids.items():
        night.consents = night.consents.replace(f"{name},", f"{number},")
        night.transactions = night.transactions.replace(f"{name},", f"{number},")
    amounts = {name: [night.attributes_of_all()[number].get(name) for number in ids.values()] for name in ATTRIBUTES}
    pq.write_table(
        pa.table(
            {"number": pa.array(range(6), kind)}
            | {name: pa.array(values, pa.float64()) for name, values in amounts.items()}
        ),
        tmp_path / "customers.parquet",
    )
    columns = {"customer_id": "number", **{name: name for name in ATTRIBUTES}}
    customers = RawTable(
        str(tmp_path / "customers.parquet"), "parquet", columns, {}, kinds=dict.fromkeys(amounts, "number")
    )
    result = audit(replace(night.evidence(), customers=customers))
    assert [breach.check for breach in result] == ["inputs"]  # the manifest is of another file; its rows are right


def test_who_is_kept_back_takes_nothing_of_the_plan(night):
    night.half_of_the_card_is_control(ann=False, bob=True)
    night.further_candidates = [dict(night.of("bob"))]
    night.of("bob").update(status="control", chosen_by="control")
    night.change_proof = lambda proof: proof.update(control=[["bob", "card", "sms"]])
    assert audit(night.evidence()) == []  # without Bob's 7, and with one card more that is missed: 14 - 1


def test_what_is_drawn_is_planned_as_a_demand(night):
    night.half_explore(ann=True, bob=False)
    better = dict(night.of("ann"), channel="sms", value=Decimal(20))  # what the plan would have sent her
    night.further_candidates = [better]
    night.of("ann").update(chosen_by="exploration", probability=0.25)
    night.change_proof = lambda proof: proof.update(explored=[["ann", "card", "email"]])
    assert audit(night.evidence()) == []


def test_a_household_explores_as_one(night):
    night.policy["contact_policy"] = [{"name": "home", "max_contacts": 1, "days": 1, "per": "household"}]
    night.households = {"ann": "1", "007": "7", "bob": "2"}
    night.half_explore(**{"1": True, "7": False})
    night.of("ann").update(chosen_by="exploration", probability=0.25)
    night.change_proof = lambda proof: proof.update(explored=[["ann", "card", "email"]], max_per_household=1)
    assert audit(night.evidence()) == []


def test_rules_that_let_pass_and_rules_about_others(night):
    night.policy["rules"] = [
        {"name": "loyal", "only_when": "attrition < 0.5 and channel in ('email', 'sms')"},
        {"name": "leaving", "never_when": "attrition > 0.5"},
        {"name": "other aim", "only_when": "1 > 2", "offers": {"objective": ["retention"]}},
        {"name": "other channel", "only_when": "1 > 2", "offers": {"id": ["gift"]}, "channels": ["sms"]},
        {"name": "over", "only_when": "1 > 2", "valid_to": "2024-06-30"},
    ]
    night.of("cid")["reasons"] = [*NO_CONSENT, "rules: leaving"]  # never bought anything: nobody knows
    assert audit(night.evidence()) == []


def test_who_objects_while_the_night_runs_was_scored_before(night):
    night.consents += "cid,*,false,2024-07-01 00:30\n"
    assert audit(night.evidence()) == []


def test_where_the_first_list_was_kept_it_says_who_objected_when_the_night_began(night, tmp_path):
    evidence = night.evidence()
    (tmp_path / "first.csv").write_text(night.consents)
    first = replace(evidence.consents, path=str(tmp_path / "first.csv"))
    (tmp_path / "consents.csv").write_text(
        night.consents + "cid,*,false,2024-06-30\n"
    )  # said late what was said before
    assert {breach.check for breach in audit(replace(evidence))} == {"consent", "inputs", "left out"}
    assert {breach.check for breach in audit(replace(evidence, consents_planned_with=first))} == {"inputs"}
