"""A solution is believed because it can be recounted, and not when it cannot."""

import json
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jobs.cli.solve import run
from jobs.cli.verify_solution import verify_solution
from jobs.core.errors import AuditFailed
from optimization import Infeasible

#            ann email (10)   ann sms (9)   bob email (8)   bob sms (3)
COLUMNS = {
    "customer_id": ["ann", "ann", "bob", "bob"],
    "offer_id": ["card", "card", "card", "card"],
    "channel": ["email", "sms", "email", "sms"],
    "value": [11.0, 10.5, 9.0, 4.5],
    "cost": [1.0, 1.5, 1.0, 1.5],
}
POLICY = """
limits:
  - {name: emails, count: contacts, where: {channel: [email]}, max: 1}
  - {name: wish,   count: contacts, where: {channel: [sms]}, min: 2, shortfall_price: 0.25}
  - {name: later,  count: contacts, max: 1, valid_from: 2024-02-01}
"""


@pytest.fixture
def folder(tmp_path):
    """ann by sms and bob by email: 9 + 8, less a quarter for the text that is missing."""
    pq.write_table(pa.table(COLUMNS), tmp_path / "candidates.parquet")
    (tmp_path / "policy.yaml").write_text(POLICY)
    return tmp_path


def solved(folder, as_of=None):
    day = date.fromisoformat(as_of) if as_of else None
    run(folder / "candidates.parquet", folder / "policy.yaml", folder / "out", as_of=day)
    return folder / "out"


def verify(folder):
    verify_solution(folder / "out", folder / "candidates.parquet", folder / "policy.yaml")


@pytest.mark.parametrize(("as_of", "value"), [("2024-01-31", 16.75), ("2024-02-01", 9.5), (None, 9.5)])
def test_an_honest_solution_passes(folder, as_of, value):
    out = solved(folder, as_of)
    verify(folder)
    assert json.loads((out / "solution.json").read_text())["value"] == value


def test_an_honest_no_passes(folder):
    (folder / "policy.yaml").write_text("limits: [{name: all, count: contacts, min: 3}]")
    with pytest.raises(Infeasible):
        solved(folder)
    verify(folder)


def state(folder, **changes):
    path = folder / "out" / "solution.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def prove(folder, **changes):
    path = folder / "out" / "proof.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def plan(folder, change):
    path = folder / "out" / "plan.parquet"
    pq.write_table(change(pq.read_table(path)), path)


def with_column(name, change):
    def changed(rows):
        return rows.set_column(rows.column_names.index(name), name, change(rows[name]).cast(rows[name].type))

    return changed


FAULTS = {
    "the value is a millionth too high": (
        lambda folder: state(folder, value=16.750001, bound=16.750001, gap=0.0),
        "not worth what the solution says",
    ),
    "the bound is a millionth too low": (
        lambda folder: state(folder, bound=16.749999),
        "do not prove the bound",
    ),
    "the gap is made up": (lambda folder: state(folder, bound=17.0), "not that of value and bound"),
    "it says that no plan exists": (lambda folder: state(folder, status="infeasible"), "what the status says"),
    "a price is forgotten": (lambda folder: prove(folder, prices=[], tree=[]), "do not prove the bound"),
    "there is no proof": (lambda folder: (folder / "out" / "proof.json").unlink(), "cannot be checked"),
    "a row is forgotten": (lambda folder: plan(folder, lambda rows: rows.slice(1)), "not worth"),
    "a customer is chosen twice": (
        lambda folder: plan(folder, lambda rows: pa.concat_tables([rows, rows.slice(0, 1)])),
        "more than once",
    ),
    "a stranger is chosen": (
        lambda folder: plan(folder, with_column("customer_id", pc.utf8_upper)),
        "no candidates",
    ),
    "everybody gets an email": (
        lambda folder: plan(folder, with_column("channel", lambda ids: pc.replace_substring(ids, "sms", "email"))),
        "emails: its max is not kept",
    ),
    "a cost is dressed up": (
        lambda folder: plan(folder, with_column("cost", lambda cost: pc.subtract(cost, cost))),
        "another value or cost",
    ),
}


@pytest.mark.parametrize(("plant", "why"), FAULTS.values(), ids=FAULTS)
def test_a_solution_that_was_tampered_with_does_not_pass(folder, plant, why):
    solved(folder, "2024-01-31")
    verify(folder)
    plant(folder)
    with pytest.raises(AuditFailed, match=why):
        verify(folder)


def test_a_proof_of_infeasibility_does_not_pass_for_a_night_that_has_a_plan(folder):
    (folder / "policy.yaml").write_text("limits: [{name: all, count: contacts, min: 3}]")
    with pytest.raises(Infeasible):
        solved(folder)
    (folder / "policy.yaml").write_text("limits: [{name: all, count: contacts, min: 2}]")
    with pytest.raises(AuditFailed, match="what the status says"):
        verify(folder)


def test_a_folder_without_a_solution_is_said_to_be_one(folder):
    with pytest.raises(AuditFailed, match="holds no solution"):
        verify(folder)
