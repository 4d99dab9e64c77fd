"""Whom other systems and our own committed sets contacted before a day."""

from datetime import date

import pyarrow as pa
import pytest

from conf.errors import SettingsError
from jobs.candidates.bitset import options_in
from jobs.candidates.contact_history import arms_before, contacts_around, contacts_before, responses_before
from jobs.candidates.contact_policy_blocks import contact_policy_blocks_on
from jobs.candidates.customers import open_customers
from jobs.candidates.options import options_on
from jobs.core.errors import SourceError
from jobs.publishing.set_files import parquet_bytes

AS_OF = date(2024, 7, 1)
SOURCES = """\
customers: {path: HERE/customers, format: csv, columns: {customer_id: id}}
contacts:
  path: HERE/contacts
  format: csv
  columns: {customer_id: who, offer_id: what, channel: through, contacted_at: at}
responses: {path: HERE/responses, format: csv, columns: {customer_id: who, offer_id: what, responded_at: at}}
"""
CONTACTS = "who,what,through,at\nann,old_fax,letter,2024-06-20\nbob,old_fax,letter,2024-07-01\n"
RESPONSES = "who,what,at\nann,old_fax,2024-06-30\n,old_fax,2024-06-30\nann,old_fax,2024-07-01\n"


@pytest.fixture
def publish(publish):
    """A set of these decisions; of a customer without an offer, the status says why."""

    def decisions(context, day, sent, *, is_committed=True):
        columns = ("customer_id", "status", "offer_id", "channel", "probability", "chosen_by")
        table = pa.Table.from_pylist([dict(zip(columns, row, strict=False)) for row in sent])
        files = {"decisions.parquet": parquet_bytes(table)}
        publish(context.settings.deployment.output, day, files, is_committed=is_committed)

    return decisions


def sources(night, tmp_path, mapping=SOURCES, **files):
    (tmp_path / "contacts").write_text(CONTACTS)
    (tmp_path / "responses").write_text(RESPONSES)
    return night(AS_OF, sources=mapping.replace("HERE", str(tmp_path)), **files)


def test_planned_contacts_of_later_dates_are_around_and_not_before(night, tmp_path, publish):
    mapping = SOURCES.replace("contacted_at: at}", "contacted_at: at, planned: plan}")
    context = sources(night, tmp_path, mapping=mapping)
    lines = ("ann,gift,sms,2024-06-30,", "ann,card,sms,2024-07-01,true", "ann,loan,sms,2024-07-09,YES")
    others = ("bob,card,sms,2024-07-02,false", "bob,loan,sms,2024-07-02,", "cat,card,email,2024-07-03,1")
    (tmp_path / "contacts").write_text("\n".join(["who,what,through,at,plan", *lines, *others]) + "\n")
    publish(context, date(2024, 7, 3), [("cat", "offered", "card", "email")])  # planned there, and sent by us
    before, around = (what(context, AS_OF).collect() for what in (contacts_before, contacts_around))
    assert [(row["customer_id"], row["offer_id"]) for row in before] == [("ann", "gift")]
    assert sorted((row["customer_id"], row["offer_id"], row["contacted_on"].day) for row in around) == [
        ("ann", "card", 1), ("ann", "gift", 30), ("ann", "loan", 9), ("cat", "card", 3),
    ]  # fmt: skip


def test_history_is_the_source_and_the_newest_committed_set_of_every_earlier_night(night, tmp_path, publish):
    context = sources(night, tmp_path)
    publish(context, date(2024, 6, 28), [("ann", "offered", "card", "email")])
    publish(context, date(2024, 6, 28), [("bob", "offered", "card", "email"), ("cat", "capped", None, None)])
    publish(context, date(2024, 6, 29), [("dan", "offered", "card", "email")], is_committed=False)
    publish(context, AS_OF, [("ann", "offered", "loan", "letter")])  # tonight itself, run before
    for _ in range(2):  # nothing is appended anywhere, so reading again counts nothing twice
        contacts = contacts_before(context, AS_OF).collect()
        assert sorted(
            (row["customer_id"], row["offer_id"], row["channel"], str(row["contacted_on"])) for row in contacts
        ) == [
            ("ann", "old_fax", "letter", "2024-06-20"),
            ("bob", "card", "email", "2024-06-28"),  # the set that replaced Ann's
        ]
    tomorrow = {(row["customer_id"], row["offer_id"]) for row in contacts_before(context, date(2024, 7, 2)).collect()}
    assert tomorrow == {("ann", "old_fax"), ("bob", "old_fax"), ("bob", "card"), ("ann", "loan")}


def test_what_others_report_of_our_own_contacts_is_counted_once(night, tmp_path, publish):
    context = sources(night, tmp_path)
    reported = "bob,card,email,2024-06-28\n"
    (tmp_path / "contacts").write_text(
        CONTACTS + 2 * reported + "bob,card,letter,2024-06-28\nbob,card,email,2024-06-27\n"
    )
    publish(context, date(2024, 6, 28), [("bob", "offered", "card", "email")])
    contacts = sorted((row["channel"], str(row["contacted_on"])) for row in contacts_before(context, AS_OF).collect())
    assert contacts == [
        ("email", "2024-06-27"),
        ("email", "2024-06-28"),  # ours, and its report
        ("email", "2024-06-28"),  # reported twice: somebody else sent it too
        ("letter", "2024-06-20"),
        ("letter", "2024-06-28"),
    ]


def test_caps_see_our_sets_of_later_dates_and_features_do_not(night, tmp_path, publish):
    context = sources(night, tmp_path)
    publish(context, date(2024, 7, 3), [("ann", "offered", "card", "email")])
    publish(context, AS_OF, [("bob", "offered", "card", "email")])  # the date itself, which is decided again
    around = {(row["customer_id"], str(row["contacted_on"])) for row in contacts_around(context, AS_OF).collect()}
    assert around == {("ann", "2024-06-20"), ("ann", "2024-07-03")}
    assert {row["customer_id"] for row in contacts_before(context, AS_OF).collect()} == {"ann"}
    assert contacts_before(context, AS_OF).count() == 1


ARMS = """\
who,what,through,at,arm
ann,old_fax,letter,2024-06-20,treatment
bob,old_fax,letter,2024-06-20,control
cat,old_fax,letter,2024-06-20,
"""


def test_who_was_kept_back_was_not_contacted_and_belongs_to_the_control_arm(night, tmp_path, publish):
    (tmp_path / "contacts").write_text(ARMS)
    (tmp_path / "responses").write_text(RESPONSES)
    mapped = SOURCES.replace("HERE", str(tmp_path)).replace("contacted_at: at}", "contacted_at: at, arm: arm}")
    context = night(AS_OF, sources=mapped)
    publish_arms(context, date(2024, 6, 28), publish)
    contacted = {(row["customer_id"], row["offer_id"]) for row in contacts_before(context, AS_OF).collect()}
    assert contacted == {("ann", "old_fax"), ("cat", "old_fax"), ("dan", "card"), ("eve", "card"), ("fay", "loan")}
    assert sorted(tuple(row) for row in arms_before(context, AS_OF).collect()) == [
        ("ann", "old_fax", date(2024, 6, 20), "treatment"),
        ("bob", "old_fax", date(2024, 6, 20), "control"),
        ("dan", "card", date(2024, 6, 28), "treatment"),
        ("gus", "card", date(2024, 6, 28), "control"),
    ]


def publish_arms(context, day, publish):
    """Card is measured: Dan was planned for it, Gus too and was kept back, Eve took his place; Fay's loan is not."""
    decided = [
        ("dan", "offered", "card", "email", 0.98, "plan"),
        ("eve", "offered", "card", "email", 0.01, "plan"),
        ("gus", "control", "card", "email", 0.98, "control"),
        ("fay", "offered", "loan", "email", 0.98, "plan"),
    ]
    publish(context, day, decided)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_text(""),
    ],
    ids=["gone", "cut", "empty"],
)
def test_a_committed_set_that_cannot_be_read_stops_the_night(night, tmp_path, damage, publish):
    """Never is it taken for a night in which nobody was contacted."""
    context = sources(night, tmp_path)
    publish(context, date(2024, 6, 28), [("ann", "offered", "card", "email")])
    (decisions,) = context.settings.deployment.output.glob("2024-06-28/set-*/decisions.parquet")
    damage(decisions)
    with pytest.raises(SourceError, match="of the committed set of 2024-06-28 cannot be read"):
        contacts_before(context, AS_OF)


def test_responses_without_an_outcome_have_none_and_damaged_ones_are_left_out(night, tmp_path):
    responses = responses_before(sources(night, tmp_path), AS_OF).collect()
    assert [tuple(row) for row in responses] == [("ann", "old_fax", date(2024, 6, 30), None, None)]


def test_a_deployment_without_history_has_an_empty_one(night):
    context = night(AS_OF, sources="customers: {path: nowhere, columns: {customer_id: id}}")
    assert contacts_before(context, AS_OF).collect() == []
    assert responses_before(context, AS_OF).collect() == []


POLICY = """\
value: {cross_sell: "1", retention: "1"}
contact_policy:
  - {name: weekly, max_contacts: 1, days: 7}
  - {name: one aim, max_contacts: 1, days: 30, same: objective}
  - {name: at home, max_contacts: 1, days: 7, per: household}
"""


OFFERS = """\
id,name,objective,category,margin,incentive_cost,valid_from,valid_to,channels
card,A card,cross_sell,CARDS,9,0,2024-01-01,2024-12-31,email
win_back,We miss you,retention,,9,0,2024-01-01,2024-12-31,email letter
"""


def test_open_customers_carry_what_is_blocked_for_them_and_for_their_household(night, frame, tmp_path, publish):
    context = sources(night, tmp_path, policy=POLICY, offers=OFFERS)
    publish(context, date(2024, 6, 28), [("bob", "offered", "win_back", "email")])
    population = frame("""
        customer_id | household_id | eligibility_status | consents
        ann         | hill         | open     |
        bob         | hill         | open     |
        cat         | bob          | open     |            # her household is called as Bob is
        dan         | dan          | holdout  |
    """)
    context.lake.write(population, "population", AS_OF)
    for name, scores in (("features", "age"), ("propensities", "attrition"), ("values", "customer_value")):
        context.lake.write(frame(f"customer_id | {scores}\nann | 1\nbob | 2"), name, AS_OF)
    options = options_on(context.settings, AS_OF)
    policy_blocks = contact_policy_blocks_on(context.settings, options, AS_OF)
    customers = {row["customer_id"]: row for row in open_customers(context, options, policy_blocks).collect()}
    rules = [block.rule for block in policy_blocks]
    blocked = {}
    for name, row in customers.items():
        closed = zip(rules, row["blocked_by_policy"], strict=True)
        blocked[name] = {rule: {options[position].offer.id for position in options_in([word])} for rule, word in closed}
    every, none = {"card", "win_back"}, set()
    assert blocked == {
        "ann": {"weekly": none, "one aim": none, "at home": every},  # her letter is of another system, and long ago
        "bob": {"weekly": every, "one aim": {"win_back"}, "at home": every},
        "cat": {"weekly": none, "one aim": none, "at home": none},
    }
    assert (customers["bob"]["age"], customers["bob"]["attrition"], customers["cat"]["customer_value"]) == (
        "2",
        "2",
        None,
    )


def test_an_offer_that_was_sent_and_has_no_row_any_more_stops_a_night_that_counts_objectives(
    night, frame, tmp_path, publish
):
    context = sources(night, tmp_path, policy=POLICY)
    publish(context, date(2024, 6, 28), [("ann", "offered", "forgotten_offer", "email")])
    context.lake.write(
        frame("customer_id | household_id | eligibility_status | consents\nann | hill | open |"), "population", AS_OF
    )
    for name in ("features", "propensities", "values"):
        context.lake.write(frame(f"customer_id | {name}_of\nann | 1"), name, AS_OF)
    with pytest.raises(SettingsError, match=r"offers.csv: forgotten_offer was sent and has no row any more"):
        open_customers(context, [], [])
