"""Which sources stop the night, and with which error."""

from datetime import date

import pyarrow as pa
import pytest

from expectations.gate import GateFailed
from expectations.tables import table
from jobs.core.errors import ConsentError, SourceError
from jobs.gates.population import population
from jobs.run_context import RunContext
from jobs.stages.gate_sources import run

AS_OF = date(2024, 7, 1)
FILES = {
    "customers": "id,home\nann,hill\nbob,\ncat,hill\ndan,\n",
    "transactions": "who,receipt,at,what,n,paid\nann,1,2024-06-28,tea,1,2.50\nann,2,2024-07-01,tea,1,2.50\nbob,3\n"
    "ann,4,2024-06-01,tea,1,2\nann,5,2024-06-01,tea,1,2\nann,6,2024-06-01,tea,1,2\n",
    "consents": "who,through,ok,at\nann,*,true,2024-06-29\nbob,*,false,2024-06-29\n",
}
PEOPLE = "customers: {path: HERE/customers, format: csv, columns: {customer_id: id, household_id: home}}\n"
CONSENTS = """\
consents:
  path: HERE/consents
  format: csv
  columns: {customer_id: who, channel: through, is_allowed: ok, updated_at: at}
"""
TRANSACTIONS = """\
transactions:
  path: HERE/transactions
  format: csv
  columns: {customer_id: who, transaction_id: receipt, happened_at: at, product_id: what, quantity: n, amount: paid}
  max_age_days: 3
"""
STRAY = FILES["consents"] + "cat,fax,false,2024-06-29\n"
LATER = "cat,*,false,2999-01-01\n"
UNCLEAN = STRAY + LATER + "ann,*,true,2024-06-29\nbob,*,true,2024-06-29\n"


@pytest.fixture
def gate(night, tmp_path):
    """The night of these files; a file given as None is not there."""

    def make(*overrides, sources=PEOPLE + CONSENTS, **files):
        for name, text in (FILES | files).items():
            if text is not None:
                (tmp_path / name).write_text(text)
        return night(AS_OF, *overrides, sources=sources.replace("HERE", str(tmp_path)))

    return make


@pytest.fixture(scope="module")
def unclean(spark, deploy, tmp_path_factory):
    """A night whose list of consents has everything that is said and stops nothing; gated once."""
    folder = tmp_path_factory.mktemp("unclean")
    for name, text in (FILES | {"consents": UNCLEAN}).items():
        (folder / name).write_text(text)
    settings = deploy("policy.holdout=null", sources=(PEOPLE + CONSENTS).replace("HERE", str(folder)))
    messages = []
    context = RunContext(settings, AS_OF, messages.append)
    vars(context).update(spark=spark, messages=messages)
    run(context)
    return context


@pytest.fixture(autouse=True)
def _salt(monkeypatch):
    monkeypatch.setenv("ONEOFFER_SALT", "salt")


def test_good_sources_become_counts_and_the_eligibility_status_of_every_customer(gate):
    context = gate("policy.holdout.share=0", sources=PEOPLE + TRANSACTIONS + CONSENTS)
    run(context)
    counts = {row.pop("table_name"): row for row in context.lake.read_arrow("source_counts", AS_OF).to_pylist()}
    assert counts["customers"] == {"rows": 4, "quarantined": 0, "newest": None}
    assert counts["transactions"] == {"rows": 5, "quarantined": 1, "newest": date(2024, 6, 28)}  # 1 July is unknown yet
    assert counts["consents"]["rows"] == 2
    people = context.lake.read_arrow("population", AS_OF).sort_by("customer_id").to_pylist()
    assert [(row["customer_id"], row["household_id"], row["eligibility_status"]) for row in people] == [
        ("ann", "hill", "open"),
        ("bob", "bob", "objector"),  # a customer without a household is its own
        ("cat", "hill", "open"),
        ("dan", "dan", "open"),
    ]
    assert dict(people[0]["consents"]) == {"*": True}
    assert people[2]["consents"] is None
    line = "  transactions: a line: must have as many fields as the header (1 row: transactions row 3)"
    assert [message for message in context.messages if "transactions: a" in message] == [line]
    assert context.lake.read_arrow("quarantine", AS_OF).to_pylist() == [
        {
            "table_name": "transactions",
            "file": "transactions",
            "row": 3,
            "rule": "a line must have as many fields as the header",
        }
    ]


@pytest.mark.parametrize(
    ("overrides", "files", "message"),
    [
        ((), {"sources": PEOPLE}, "sources.yaml names no list, and unknown is refused"),
        ((), {"consents": None}, "nothing lies at .*consents.*without the list nobody may be contacted"),
        ((), {"consents": ""}, "no column"),
        ((), {"consents": "who,through,ok,at\n"}, "the list is empty"),
        (("deployment.consent.max_age_days=1",), {}, "the newest answer is of 2024-06-29; at most 1 days may pass"),
    ],
    ids=["not named", "missing", "empty file", "empty list", "stale"],
)
def test_without_a_sound_list_of_consents_nobody_is_contacted(gate, overrides, files, message):
    context = gate("policy.holdout.share=0", *overrides, **files)
    with pytest.raises(ConsentError, match=message):
        run(context)
    assert not context.lake.has("population", AS_OF)
    assert not context.lake.has("source_counts", AS_OF)


def test_a_list_that_lost_more_than_its_share_stops_the_night(gate):
    context = gate("deployment.consent.max_shrink_share=0.25")
    _write_rows_before(context, 3)
    with pytest.raises(ConsentError, match="2 rows, and 3 on 2024-06-27; at most 25% may go missing"):
        run(context)
    assert not context.lake.has("population", AS_OF)


def test_of_a_night_with_as_many_rows_that_sets_nothing_aside_the_list_is_empty(gate):
    context = gate("policy.holdout.share=0", "deployment.consent.max_shrink_share=0.25")
    _write_rows_before(context, 2)
    context.lake.write_arrow(pa.table({"row": [3]}), "quarantine", AS_OF)  # of an earlier try
    run(context)
    assert context.lake.has("population", AS_OF)
    assert context.lake.read_arrow("quarantine", AS_OF).num_rows == 0
    assert context.lake.read(context.spark, "quarantine", AS_OF).columns == [
        column.name for column in table("quarantine").columns
    ]


def _write_rows_before(context, rows):
    before = [{"table_name": "consents", "rows": rows}]
    context.lake.write_arrow(pa.Table.from_pylist(before), "source_counts", date(2024, 6, 27))


def test_no_list_is_needed_where_unknown_is_allowed(gate):
    context = gate("policy.holdout.share=0", "deployment.consent.unknown_is=allowed", sources=PEOPLE)
    run(context)
    statuses = context.lake.read_arrow("population", AS_OF)["eligibility_status"].to_pylist()
    assert statuses == ["open"] * 4


def test_a_refusal_under_an_unknown_channel_is_told_and_stops_the_night_where_unknown_is_allowed(gate, unclean):
    assert any("channel must be one of channels.csv (1 row: consents row 3)" in line for line in unclean.messages)
    assert not any("fax" in line for line in unclean.messages)
    allowed = "deployment.consent.unknown_is=allowed"
    with pytest.raises(ConsentError, match="a refusal under a wrong name would be overlooked"):
        run(gate(allowed, consents=STRAY))
    run(gate(allowed, "deployment.consent.other_channels=[fax]", "policy.holdout.share=0", consents=STRAY))


def test_a_yes_of_the_future_stops_the_night_and_a_no_is_said(gate, unclean):
    assert "  consents: updated_at: must not lie in the future (1 row)" in unclean.messages
    with pytest.raises(ConsentError, match=r"yes must not lie in the future \(1 row: consents row 3\); it would"):
        run(gate(consents=FILES["consents"] + LATER.replace("false", "true")))


def test_a_yes_and_a_no_of_one_moment_are_said_beside_answers_that_only_stand_twice(unclean):
    lines = [line for line in unclean.messages if line.startswith("  consents")]
    assert "  consents: customer_id, channel, updated_at: must be unique (4 rows)" in lines
    assert "  consents: is_allowed: a yes and a no of the same moment (2 rows); the no counts" in lines
    assert len(lines) == 4
    statuses = unclean.lake.read_arrow("population", AS_OF).to_pylist()
    assert {row["customer_id"]: row["eligibility_status"] for row in statuses}["bob"] == "objector"


def test_a_damaged_answer_stops_the_night(gate):
    with pytest.raises(GateFailed, match=r"is_allowed: must be a readable true or false \(1 row: consents row 1\)"):
        run(gate(consents="who,through,ok,at\nann,*,maybe,2024-06-29\nbob,*,false,2024-06-29\n"))


def test_a_feed_that_stopped_is_named(gate):
    old = FILES["transactions"].replace("06-28", "06-27")
    with pytest.raises(SourceError, match="transactions: the newest row before 2024-07-01 is of 2024-06-27, .* 3 days"):
        run(gate(transactions=old, sources=PEOPLE + TRANSACTIONS + CONSENTS))


def test_files_whose_headers_differ_are_no_table(gate, tmp_path):
    context = gate(sources=PEOPLE.replace("HERE/customers", "HERE/customers*") + CONSENTS)
    (tmp_path / "customers_2").write_text("home,id\nhill,eve\n")
    with pytest.raises(SourceError, match="customers: the header of customers_2 is not that of customers;"):
        run(context)


def test_the_eligibility_status_of_a_customer_is_its_first_obstacle(frame, deploy):
    customers = frame("""
        customer_id | household_id
        ann         | hill
        bob         | hill
        cat         |
        dan         | cat
    """)
    consents = frame(
        """
        customer_id | channel | is_allowed | updated_at
        cat         | *       | no         | 2024-01-01
    """,
        is_allowed="boolean",
    )
    settings = deploy("policy.holdout.share=0.999999", "policy.holdout.per=household")
    statuses = {row[0]: row[2] for row in population(customers, consents, settings).collect()}
    assert statuses == {"ann": "holdout", "bob": "holdout", "cat": "objector", "dan": "holdout"}


def test_households_are_held_out_together_and_blank_ones_are_no_household(spark, deploy):
    people = [(f"c{number}", f"h{number // 2}" if number < 100 else " ") for number in range(200)]
    customers = spark.createDataFrame(people, "customer_id string, household_id string")
    settings = deploy("policy.holdout.share=0.5", "policy.holdout.per=household")
    rows = population(customers, None, settings).collect()
    status_of = {row["customer_id"]: row["eligibility_status"] for row in rows}
    assert all(status_of[f"c{number}"] == status_of[f"c{number + 1}"] for number in range(0, 100, 2))
    assert {row["household_id"] for row in rows if int(row["customer_id"][1:]) >= 100} == {
        f"c{number}" for number in range(100, 200)
    }
    held = sum(status_of[f"c{number}"] == "holdout" for number in range(100, 200))
    assert 30 <= held <= 70  # each drawn by itself, not all at once
