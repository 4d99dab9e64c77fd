"""What cannot be read is a breach: the auditor never leaves with a traceback, and repeats nobody's data."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.audit import Breach, audit
from expectations.audit.auditor import findings

SEALED = (
    "SHA256SUMS",
    "decisions.parquet",
    "email.csv",
    "email.parquet",
    "limits.csv",
    "manifest.json",
    "proof.json",
    "report.html",
    "sms.csv",
    "sms.parquet",
)
JUDGES = ("the_candidates_follow_from_the_raw_rows", "the_reasons_follow", "who_was_left_out_had_to_be")
"""They judge everybody again and need all that the night needed."""
DAMAGE = {
    "gone": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "noise": lambda path: path.write_bytes(b"\xff\x00PAR1" * 20),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


def test_the_list_of_sealed_files_is_whole(night):
    assert {path.name for path in night.evidence().folder.iterdir()} == {*SEALED, "audit.json"}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("name", SEALED)
def test_a_damaged_file_is_reported_by_the_checksums_and_ends_no_audit(night, name, damage):
    night.change_sealed = lambda folder: damage(folder / name)
    result = audit(night.evidence())
    assert {"checksums", "every_file_has_its_checksum"} & {breach.check for breach in result}
    assert not any(customer in str(result) for customer in ("007", "bob", "dora"))


def test_a_byte_changed_anywhere_is_reported(night):
    evidence = night.evidence()
    sealed = {name: (evidence.folder / name).read_bytes() for name in SEALED}

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(SEALED), st.integers(min_value=0), st.integers(1, 255))
    def flip(name, place, change):
        content = bytearray(sealed[name])
        content[place % len(content)] ^= change
        (evidence.folder / name).write_bytes(content)
        try:
            assert audit(replace(evidence)) != []  # a copy: it remembers nothing that was read
        finally:
            (evidence.folder / name).write_bytes(sealed[name])

    flip()
    assert audit(replace(evidence)) == []


@pytest.mark.parametrize("table", ["customers", "consents", "transactions", "products"])
@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "customer_id\n1,2,3\n"])
def test_raw_tables_that_cannot_be_read_are_breaches(night, table, content):
    evidence = night.evidence()
    (night.root / f"{table}.csv").write_text(content)
    changed, *result = sorted(audit(evidence), key=lambda breach: breach.check != "inputs")
    assert changed.what == f"{table}: files that are not those that the set was made from"
    others = [breach for breach in result if breach.check != "inputs"]  # of consents both lists are other files
    assert others
    assert all(breach.what.startswith("cannot be checked: ") for breach in others)


def test_raw_tables_that_are_gone_are_breaches(night):
    evidence = night.evidence()
    (night.root / "consents.csv").unlink()
    readers = ("no_objector_was_scored", "nobody_is_contacted_without_consent", "the_inputs_are_those_of_the_manifest")
    due = [Breach(name, "cannot be checked: FileNotFoundError", 1) for name in sorted({*readers, *JUDGES})]
    assert audit(evidence) == due


def test_what_was_sent_before_and_cannot_be_read_is_a_breach_wherever_it_counts(night, new_decision):
    night.policy["contact_policy"] = [{"name": "cap", "max_contacts": 1, "days": 7}]
    night.sent_on("2024-06-30", new_decision("cid", "offered", "gift", "email", "5", "1"))
    (night.root / "2024-06-30/set-1/decisions.parquet").unlink()
    readers = ("features_follow_from_the_raw_rows", "the_contact_policy_is_kept", "volumes_are_as_usual")
    due = [Breach(name, "cannot be checked: FileNotFoundError", 1) for name in sorted({*readers, *JUDGES})]
    due.append(Breach("ledger", "the set of 2024-06-30 is not as it was committed", 1))
    assert sorted(audit(night.evidence()), key=str) == sorted(due, key=str)


def test_a_customer_who_was_never_scored_is_missed_by_all_who_look_for_it(night):
    night.change_features = lambda rows: rows[1].update(customer_id="annabel")
    breaches = {breach.check: breach.what for breach in audit(night.evidence())}
    assert breaches["value_and_cost_follow_from_the_formulas"] == "cannot be checked: KeyError"
    assert "features" in breaches


def test_a_limit_on_a_column_that_was_not_published_is_no_limit_kept(night):
    night.limit("emails")["where"] = {"region": ["north"]}
    assert Breach("every_limit_holds", "cannot be checked: KeyError", 1) in audit(night.evidence())
    night.limit("emails")["where"] = {}
    night.limit("budget")["sum"] = "propensity"
    evidence = night.__class__(night.root / "again", policy=night.policy)
    evidence.root.mkdir()
    assert Breach("every_limit_holds", "cannot be checked: KeyError", 1) in audit(evidence.evidence())


def test_a_checksum_line_that_is_cut_is_a_breach(night):
    night.change_sealed = lambda folder: (folder / "SHA256SUMS").write_text("0123456789\n")
    assert Breach("every_file_has_its_checksum", "cannot be checked: ValueError", 1) in audit(night.evidence())


def test_a_cell_that_is_not_utf_8_is_a_breach(night):
    night.change_files = lambda files: files.update({"sms.csv": files["sms.csv"].replace(b"Golden", b"G\xf6lden")})
    checks = {"channel_files_hold_the_offers_of_their_channel", "no_cell_starts_a_formula"}
    assert {breach.check for breach in audit(night.evidence())} == checks


def test_what_a_check_found_before_it_failed_is_kept(night):
    early = Breach("check", "found early", 1)

    def check(evidence):
        yield early
        raise OSError("the customer ann")

    assert findings(check, night.evidence()) == [early, Breach("check", "cannot be checked: OSError", 1)]
