"""Why one customer got what it got, from a lake drawn here; no Spark."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from jobs.cli.commands import app
from jobs.cli.explain import explain
from jobs.cli.explanation import as_data, print_explanation, why
from jobs.core.errors import UnknownCustomer
from jobs.core.lake import Lake, NotInLake
from jobs.publishing.set_files import parquet_bytes

AS_OF = date(2024, 7, 1)
UNIT = 1_000_000
POLICY = """\
value: {cross_sell: margin}
limits:
  - {name: budget,   sum: cost, max: 10}
  - {name: printing, count: contacts, where: {channel: [letter]}, max: 1}
  - {name: loans,    count: contacts, where: {offer: [loan]}, min: 2}
  - {name: over,     count: contacts, max: 1, valid_to: 2024-06-30}
"""
OFFERS = """\
id,name,objective,category,margin,incentive_cost,valid_from,valid_to,channels
card,A card,cross_sell,CARDS,9,0,2024-01-01,2024-12-31,email letter
loan,A loan,cross_sell,LOANS,9,0,2024-01-01,2024-12-31,email letter
"""
CHANNELS = "id,name,unit_cost\nemail,E-mail,0\nletter,Letter,1\n"
ANSWERS = [("email", True), ("letter", False)]
PROOF = {
    "max_per_household": 1,
    "prices": [
        {"limit": "budget", "bound": "max", "price": "500000"},
        {"limit": "printing", "bound": "max", "price": "2000000"},
        {"limit": "loans", "bound": "min", "price": "250000"},
    ],
}
POPULATION = """
    customer_id | household_id | eligibility_status
    ann         | north        | open
    bob         | bob          | open
    cat         | cat          | open
    dan         | dan          | open
    eve         | eve          | objector
    fay         | north        | open
    gus         | gus          | holdout
    hal         | hal          | open
    ida         | ida          | quarantined
    jim         | jim          | open
    kim         | kim          | open
"""
DECISIONS = """
    customer_id | status       | offer_id | channel
    ann         | offered      | card     | email
    bob         | not_selected |          |
    cat         | no_value     |          |
    dan         | capped       |          |
    eve         | objector     |          |
    fay         | not_selected |          |
    gus         | holdout      |          |
    hal         | no_consent   |          |
    ida         | quarantined  |          |
    jim         | ineligible   |          |
    kim         | offered      | card     | letter
"""
CANDIDATES = """
    customer_id | offer_id | channel | value | cost
    ann         | card     | letter  | 8     | 3      # net 5, charged 1.50 + 2: surplus 1.50
    ann         | card     | email   | 5     | 2      # net 3, charged 1: surplus 2
    bob         | card     | letter  | 4     | 2      # net 2, charged 1 + 2: surplus -1
    bob         | loan     | letter  | 3.5   | 2      # net 1.50, charged 3, paid 0.25: surplus -1.25
    cat         | loan     | email   | 2     | 2      # worth nothing
    eve         | card     | email   | 9     | 0      # must not be there; must not be shown if it is
    fay         | card     | email   | 9     | 2      # net 7: but ann is of its household
    hal         | card     | email   | 9     | 2
    kim         | card     | letter  | 9     | 2      # net 7, charged 3: surplus 4
    kim         | card     | email   | 8     | 2      # net 6, charged 1: surplus 5
"""
EXCLUSIONS = """
    customer_id | offer_id | channel | stage          | reason
    ann         | loan     | email   | rules          | adults
    dan         | card     | email   | contact_policy | weekly
    dan         | card     | email   | rules          | adults
    dan         | card     | letter  | consent        | no consent for letter
"""


@pytest.fixture(scope="module")
def settings(deploy, rows, lay_exclusions):
    """A deployment whose night left these tables."""
    deployed = deploy(policy=POLICY, offers=OFFERS, channels=CHANNELS)
    drawn = {"population": rows(POPULATION), "decisions": rows(DECISIONS)}
    for row in drawn["decisions"]:
        row |= {"value": None, "cost": None, "net_value": None, "reasons": ["as drawn"]}
    drawn["plan"] = [row | {"chosen_by": "plan"} for row in drawn["decisions"] if row["status"] == "offered"]
    drawn["candidates"] = [
        row | {name: round(float(row[name]) * UNIT) for name in ("value", "cost")} for row in rows(CANDIDATES)
    ]
    drawn["propensities"] = [{"customer_id": customer, "attrition": 0.25} for customer in ("ann", "eve")]
    drawn["values"] = [{"customer_id": customer, "customer_value": 12_500_000} for customer in ("ann", "eve")]
    lake = Lake(deployed.deployment.lake)
    tables = {name: pa.Table.from_pylist(table_rows) for name, table_rows in drawn.items()}
    answers = pa.array([ANSWERS] * len(drawn["population"]), pa.map_(pa.string(), pa.bool_()))
    tables["population"] = tables["population"].append_column("consents", answers)
    for name, table in tables.items():
        lake.write_arrow(table, name, AS_OF)
    open_ones = [row["customer_id"] for row in drawn["population"] if row["eligibility_status"] == "open"]
    lay_exclusions(lake, AS_OF, rows(EXCLUSIONS), open_ones)
    lake.write_file(json.dumps(PROOF).encode(), "proofs", AS_OF, "proof.json")
    return deployed


@pytest.mark.parametrize(
    ("customer", "sentence"),
    [
        (
            "ann",
            "card by email is worth 3.00 after its costs and the limits it uses charge 1.00 (budget 1.00), which leaves"
            " 2.00; the next best, card by letter, would leave 1.50.",
        ),
        (
            "bob",
            "Its best candidate, card by letter, is worth 2.00 after its costs and the limits it uses charge 3.00"
            " (printing 2.00, budget 1.00): others were worth more under the limits.",
        ),
        (
            "cat",
            "No candidate is worth more than it costs: the best, loan by email, is worth 0.00 after its costs.",
        ),
        (
            "dan",
            "No option is left: 2 judged, 1 fell to consent, 1 fell to the contact policy, 0 are candidates.",
        ),
        ("eve", "It objected to every contact: nothing is computed about it, so there is nothing to show."),
        (
            "fay",
            "Its best candidate, card by email, is worth 7.00 after its costs and the limits it uses charge 1.00"
            " (budget 1.00); but ann of its household was chosen.",
        ),
        (
            "gus",
            "It is held out, drawn by a keyed hash, so that others can be compared with it: nothing was judged.",
        ),
        ("hal", "It was chosen for an offer, and opted out while the night ran; it was taken out and not replaced."),
        ("ida", "Its row of customers broke the contract of that table, so nothing was judged."),
        ("jim", "No offer is valid on this date."),
        (
            "kim",
            "card by letter is worth 7.00 after its costs and the limits it uses charge 3.00 (printing 2.00, budget"
            " 1.00); card by email would leave 5.00, but the limits have no whole contact left for it.",
        ),
    ],
)
def test_one_sentence_says_why(settings, customer, sentence):
    assert why(explain(settings, AS_OF, customer)) == sentence


def test_every_option_has_its_money_or_all_that_blocks_it(settings):
    email, letter, loan = explain(settings, AS_OF, "ann").options
    assert (email.channel, email.is_chosen, email.net_value, email.surplus) == ("email", True, 3 * UNIT, 2 * UNIT)
    assert (letter.channel, letter.is_chosen, letter.surplus) == ("letter", False, Fraction(3 * UNIT, 2))
    assert dict(letter.charges) == {"budget": Fraction(3 * UNIT, 2), "printing": 2 * UNIT}
    assert (loan.is_candidate, loan.blocks) == (False, (("rules", "adults"),))
    card = explain(settings, AS_OF, "dan").options[0]
    assert card.blocks == (("contact_policy", "weekly"), ("rules", "adults"))


def test_what_an_experiment_chose_is_told_in_the_words_of_the_decision(settings):
    explanation = explain(settings, AS_OF, "ann")
    drawn = explanation.decision | {"chosen_by": "exploration", "reasons": ["exploration: drawn at random, one of 2"]}
    assert why(replace(explanation, decision=drawn)) == "exploration: drawn at random, one of 2."


def test_of_a_must_send_is_told_that_it_goes_first_or_could_not_go(settings):
    explanation = explain(settings, AS_OF, "bob")
    reasons = ["must_send: card could not go within the limits", "must_send: card goes first", "rules: adults"]
    told = why(replace(explanation, decision=explanation.decision | {"reasons": reasons}))
    assert told == "must_send: card could not go within the limits; must_send: card goes first."


def test_what_a_minimum_pays_is_told_apart_from_what_maxima_charge(settings):
    loan = explain(settings, AS_OF, "bob").options[1]
    assert dict(loan.charges)["loans"] == Fraction(-UNIT, 4)
    assert loan.surplus == Fraction(-5 * UNIT, 4)


def test_of_an_objector_nothing_is_shown_even_if_a_table_speaks_of_it(settings):
    data = as_data(explain(settings, AS_OF, "eve"))
    assert (data["standing"], data["status"]) == ("objector", "objector")
    assert (data["options"], data["scores"], data["consents"]) == ([], {}, {})


def test_people_read_standing_answers_scores_and_tables(settings, capsys):
    print_explanation(explain(settings, AS_OF, "ann"), currency="EUR", as_json=False)
    printed = capsys.readouterr().out
    for words in (
        "ann on 2024-07-01: offered (gets one offer through one channel)",
        "Standing: open; household north",
        "Answers: email yes, letter no",
        "Scores: attrition 0.25, customer_value 12.5",
        "Options: 3 judged, 1 fell to the rules, 2 are candidates",
        "Set: none was committed for this date",
        "Candidates, money in EUR",
        "rules: adults",
    ):
        assert words in printed


def test_machines_read_the_same_as_json(settings):
    conf = str(settings.folder)
    changes = ["--set", f"deployment.lake={settings.deployment.lake}"]
    answer = CliRunner().invoke(app, ["explain", "bob", "--conf", conf, "--as-of", "2024-07-01", "--json", *changes])
    data = json.loads(answer.stdout)
    assert data["why"].startswith("Its best candidate, card by letter")
    assert [option["surplus"] for option in data["options"]] == [-1.0, -1.25]
    assert data["options"][1]["charges"] == {"budget": 1.0, "printing": 2.0, "loans": -0.25}


def test_a_customer_that_is_not_there_and_a_night_that_was_not_run_are_told_apart(settings):
    with pytest.raises(UnknownCustomer, match="population of 2024-07-01 has no customer 'zoe'"):
        explain(settings, AS_OF, "zoe")
    with pytest.raises(NotInLake, match="no decisions for 2024-07-02"):
        explain(settings, date(2024, 7, 2), "ann")


@pytest.mark.parametrize(("channel", "is_same"), [("email", True), ("letter", False)])
def test_the_committed_set_is_named_and_compared(settings, rows, channel, is_same, publish):
    published = [row | {"channel": channel} for row in rows(DECISIONS) if row["customer_id"] == "ann"]
    files = {"decisions.parquet": parquet_bytes(pa.Table.from_pylist(published))}
    output = settings.deployment.lake.with_name("sets")
    publish(output, AS_OF, files)
    deployment = settings.deployment.model_copy(update={"output": output})
    explanation = explain(replace(settings, deployment=deployment), AS_OF, "ann")
    assert explanation.set_name.startswith("set-")
    assert explanation.is_as_published is is_same
