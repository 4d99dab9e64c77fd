"""Persons gathered from raw files and earlier sets."""

from dataclasses import replace
from datetime import date

from expectations.audit import RawTable
from expectations.audit.people import people
from expectations.audit.person import Answer, Contact, Happening, Line

DAY = date(2024, 6, 30)


def lines_of(night, *rows):
    evidence = night.evidence()
    (night.root / "transactions.csv").write_text("\n".join([night.transactions.splitlines()[0], *rows]) + "\n")
    (ann,) = people(evidence, {"ann"}).values()
    return ann.lines


def test_a_line_is_in_millionths_and_of_its_products_category(night):
    result = lines_of(
        night, "ann,t1,2024-06-30,hat,1.5,12.34", "ann,t2,2024-06-29,unknown,-1,-3", "bob,t3,2024-06-30,hat,1,1"
    )
    assert result == [
        Line(date(2024, 6, 29), "t2", None, -3_000_000, -1_000_000, None),
        Line(DAY, "t1", "clothes", 12_340_000, 1_500_000, None),
    ]


def test_lines_that_the_night_sets_aside_are_not_there(night):
    result = lines_of(
        night,
        "ann,,2024-06-30,hat,1,1",  # no basket
        "ann,  ,2024-06-30,hat,1,1",
        "ann,t,2024-06-30,,1,1",  # no product
        "ann,t,2024-06-30,hat,,1",  # no quantity
        "ann,t,2024-06-30,hat,1,one",  # an amount that is no number
        "ann,t,1970-01-01,hat,1,1",  # the day that stands for `not known`
        "ann,t,2024-07-01,hat,1,1",  # the decision date itself
        "ann,t,2024-06-30,hat,1",  # a field is missing
        "ann,t,1970-01-02,hat,1,1",
    )
    assert [line.day for line in result] == [date(1970, 1, 2)]


def test_who_was_kept_back_had_no_contact_and_our_own_sets_are_contacts(night, new_decision):
    night.contacts += (
        "ann,old,mail,2024-06-01,treatment\nann,old,mail,2024-06-02,control\nann,old,mail,2024-07-01,treatment\n"
    )
    night.sent_on("2024-06-30", new_decision("ann", "offered", "gift", "email", "5", "1"))
    evidence = night.evidence()
    assert people(evidence, {"ann"})["ann"].histories["contacts"] == [
        Contact(date(2024, 6, 1), "old", "mail"),
        Contact(DAY, "gift", "email"),
    ]
    assert people(replace(evidence, contacts=None), {"ann"})["ann"].histories["contacts"] == []


def test_a_response_says_what_it_was_worth_or_not(night):
    night.responses = (
        "customer_id,offer_id,outcome,responded_at,amount\nann,card,yes,2024-06-30,2.5\nann,card,no,2024-06-29,\n"
    )
    night.responses += "ann,,yes,2024-06-30,1\nann,card,yes,2024-07-01,1\n"
    evidence = night.evidence()
    columns = {**evidence.responses.columns, "amount": "amount"}
    result = people(replace(evidence, responses=replace(evidence.responses, columns=columns)), {"ann"})["ann"]
    assert result.histories["responses"] == [Answer(date(2024, 6, 29), "card", None), Answer(DAY, "card", 2_500_000)]


def test_an_event_is_known_before_the_date_and_has_a_kind(night):
    lines = ("ann,complaint,2024-06-30,2.5", "ann,visit,2024-06-01,", "ann,visit,2024-07-01,", "ann, ,2024-06-30,")
    (night.root / "events.csv").write_text(
        "\n".join(["customer_id,kind,happened_at,amount", *lines, "bob,visit,2024-06-30,"]) + "\n"
    )
    columns = {name: name for name in ("customer_id", "kind", "happened_at", "amount")}
    events = RawTable(str(night.root / "events.csv"), "csv", columns, {})
    ann = people(replace(night.evidence(), events=events), {"ann"})["ann"]
    assert ann.histories["events"] == [
        Happening(date(2024, 6, 1), "visit", None, None),
        Happening(DAY, "complaint", None, 2_500_000),
    ]


def test_equal_lines_of_a_distinct_table_are_one(night):
    night.transactions += "ann,t9,2024-06-01,hat,1,1\nann,t9,2024-06-01,hat,1,1\n"
    evidence = night.evidence()
    distinct = replace(evidence, transactions=replace(evidence.transactions, is_distinct=True))
    sizes = [len(people(item, {"ann"})["ann"].lines) for item in (evidence, distinct)]
    assert sizes[0] - sizes[1] == 1


def test_a_deployment_without_tables_has_persons_without_rows(night):
    evidence = replace(night.evidence(), transactions=None, products=None, responses=None, contacts=None)
    assert people(evidence, {"ann"})["ann"].lines == []
