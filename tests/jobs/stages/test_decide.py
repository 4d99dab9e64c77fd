"""One decision per customer, with everything that spoke against an offer."""

from datetime import date

import pytest

from expectations.gate import GateFailed
from expectations.tables import table
from jobs.core.errors import ConsentError
from jobs.core.statuses import OPTED_OUT
from jobs.stages.decide import run

AS_OF = date(2024, 7, 1)
SOURCES = """\
customers: {path: HERE/customers, format: csv, columns: {customer_id: id}}
consents:
  path: HERE/consents
  format: csv
  columns: {customer_id: who, channel: through, is_allowed: ok, updated_at: at}
"""
TABLES = {
    "population": """
        customer_id | household_id | eligibility_status
        ann         | ann          | open
        bob         | bob          | open
        cat         | cat          | open
        dan         | dan          | open
        eve         | eve          | open
        fay         | fay          | open
        gus         | gus          | holdout
        hal         | hal          | objector
        ida         | ida          | open
        jim         | jim          | open
        kim         | kim          | open
        lea         | lea          | open
        max         | max          | open
        ned         | ned          | open
    """,
    "plan": """
        customer_id | offer_id | channel | value   | cost    | net_value | probability | chosen_by
        ann         | card     | email   | 9000000 | 2000000 | 7000000   | 0.99        | plan
        bob         | card     | email   | 8000000 | 2000000 | 6000000   | 1           | plan       # opts out of email
        kim         | card     | email   | 8000000 | 2000000 | 6000000   | 1           | plan       # objects to all
        lea         | card     | email   | 3000000 | 2000000 | 1000000   | 0.01        | exploration
        max         | card     | email   | 7000000 | 2000000 | 5000000   | 0.99        | control
        ned         | card     | email   | 7000000 | 2000000 | 5000000   | 0.99        | control    # opts out too
    """,
    "candidates": """
        customer_id | offer_id | channel | value   | cost
        ann         | card     | email   | 9000000 | 2000000
        ann         | loan     | email   | 5000000 | 2000000
        bob         | card     | email   | 8000000 | 2000000
        cat         | card     | email   | 3000000 | 2000000
        dan         | card     | email   | 2000000 | 2000000   # worth nothing
        kim         | card     | email   | 8000000 | 2000000
        lea         | card     | email   | 3000000 | 2000000
        max         | card     | email   | 7000000 | 2000000
        ned         | card     | email   | 7000000 | 2000000
    """,
}
EXCLUSIONS = """
    customer_id | offer_id  | channel   | stage          | reason
    ann         | card      | sms       | consent        | no consent for sms
    ann         | loan      | email     | must_send      | loan is due as well and waits
    cat         | loan      | email     | rules          | adults
    eve         | card loan | email sms | consent        | no consent for sms
    fay         | card loan | email     | contact_policy | weekly
    fay         | card      | email     | value          | its value or cost is not known
    fay         | card loan | sms       | consent        | no consent for sms
    ida         | card      | email sms | rules          | adults
    ida         | loan      | email sms | contact_policy | weekly
"""
WAITS = "must_send: loan is due as well and waits"
CONSENTS = "who,through,ok,at\nann,*,true,2024-01-01\nbob,email,false,2024-07-01\nbob,*,true,2024-01-01\n" + (
    "kim,email,true,2024-07-01\nkim,*,false,2024-01-01\nlea,*,true,2024-01-01\n"
    "max,*,true,2024-01-01\nned,*,false,2024-01-01\n"
)
AMOUNTS = {"value": "bigint", "cost": "bigint", "net_value": "bigint", "probability": "double"}


@pytest.fixture
def drawn(night, frame, rows, lay_exclusions, tmp_path):
    """A night whose earlier stages made these tables."""

    def make(consents, offers=None):
        (tmp_path / "customers").write_text("id\nann\n")
        (tmp_path / "consents").write_text(consents)
        files = {"sources": SOURCES.replace("HERE", str(tmp_path))} | ({"offers": offers} if offers else {})
        context = night(AS_OF, "deployment.consent.max_age_days=null", **files)
        for name, text in TABLES.items():
            context.lake.write(frame(text, **AMOUNTS).coalesce(1), name, AS_OF)
        open_ones = [row["customer_id"] for row in rows(TABLES["population"]) if row["eligibility_status"] == "open"]
        lay_exclusions(context.lake, AS_OF, rows(EXCLUSIONS), open_ones)
        return context

    return make


def test_every_customer_ends_in_one_decision_that_says_why_and_only_an_offer_carries_money(drawn):
    context = drawn(CONSENTS)
    run(context)
    decisions = {row["customer_id"]: row for row in context.lake.read_arrow("decisions", AS_OF).to_pylist()}
    outcomes = {name: (row["status"], row["reasons"]) for name, row in decisions.items()}
    weekly, adults, sms = "contact_policy: weekly", "rules: adults", "consent: no consent for sms"
    assert outcomes == {
        "ann": ("offered", ["best of 2 candidates under the limits", WAITS]),
        "bob": ("no_consent", [OPTED_OUT]),  # taken out, not replaced
        "cat": ("not_selected", ["limits: other customers were worth more under the limits", adults]),
        "dan": ("no_value", ["value: no candidate is worth more than it costs"]),
        "eve": ("no_consent", [sms]),
        "fay": ("capped", [sms, weekly, "value: its value or cost is not known"]),  # email got as far as the caps
        "gus": ("holdout", ["holdout"]),
        "hal": ("objector", ["objector"]),
        "ida": ("ineligible", [weekly, adults]),  # the card got as far as the rules
        "jim": ("ineligible", ["rules: no offer is valid on this date"]),
        "kim": ("no_consent", [OPTED_OUT]),
        "lea": ("offered", ["exploration: drawn at random, one of 1 candidates"]),
        "max": ("control", ["control: this offer was the best of 1 candidates and is kept back to learn its effect"]),
        "ned": ("no_consent", [OPTED_OUT]),
    }
    statuses = next(column for column in table("decisions").columns if column.name == "status")
    assert {row["status"] for row in decisions.values()} <= set(statuses.allowed)
    with_offer = {name for name, row in decisions.items() if row["net_value"] is not None}
    assert with_offer == {"ann", "lea", "max"}
    names = ("offer_id", "channel", "value", "cost", "net_value", "probability", "chosen_by")
    assert [decisions["ann"][name] for name in names] == [
        "card", "email", 9_000_000, 2_000_000, 7_000_000, 0.99, "plan"
    ]  # fmt: skip
    without = [row for name, row in decisions.items() if name not in with_offer]
    assert {row[name] for row in without for name in names} == {None}


def test_of_a_must_send_is_said_that_it_went_first_that_it_could_not_go_or_that_it_waits(drawn):
    head = "id,name,objective,margin,incentive_cost,valid_from,valid_to,channels,must_send\n"
    offers = [f"{name},{name},retention,0,0,2024-01-01,2024-12-31,email,x\n" for name in ("card", "loan")]
    context = drawn(CONSENTS, head + "".join(offers))
    run(context)
    decisions = {row["customer_id"]: row for row in context.lake.read_arrow("decisions", AS_OF).to_pylist()}
    held_back = "must_send: card could not go within the limits"
    assert decisions["ann"]["reasons"] == ["must_send: it goes before all other offers", WAITS]
    assert decisions["cat"]["reasons"] == [held_back, "rules: adults"]
    assert (decisions["dan"]["status"], decisions["dan"]["reasons"]) == ("not_selected", [held_back])
    assert decisions["bob"]["reasons"] == [OPTED_OUT]


@pytest.mark.parametrize(
    ("damaged", "error", "message"),
    [
        ("who,through,ok,at\n", ConsentError, "the list is empty"),
        (CONSENTS.replace("bob,email,false", "bob,email,?"), GateFailed, "table 'consents' breaks 1 rule"),
        (CONSENTS.replace("kim,*", "mik,*"), ConsentError, "33.3% of all that refuse; at most 10% may be of nobody"),
    ],
)
def test_a_list_of_consents_that_was_damaged_meanwhile_stops_the_night(drawn, damaged, error, message):
    context = drawn(damaged)
    with pytest.raises(error, match=message):
        run(context)
    assert not context.lake.has("decisions", AS_OF)
