"""The newest word counts, and of two as new the no."""

from datetime import UTC, datetime

import pytest
from pyspark.sql import functions as F

from conf.deployment import Consent
from jobs.candidates.consents import ListReading, is_objector, may_contact, newest_consents
from jobs.candidates.spellings import ChannelNames

DRAWN = """
    customer_id | channel | is_allowed | updated_at
    ann         | email   | yes        | 2024-01-01 10:00:00
    ann         | email   | no         | 2024-01-02 10:00:00
    bob         | email   | no         | 2024-01-01 10:00:00
    bob         | email   | yes        | 2024-01-02 10:00:00
    cat         | email   | yes        | 2024-01-01 10:00:00
    cat         | email   | no         | 2024-01-01 10:00:00   # at the same instant
    dan         | *       | yes        | 2024-01-02 10:00:00
    dan         | email   | no         | 2024-01-01 10:00:00   # older, and about email itself
    eve         | *       | no         | 2024-01-01 10:00:00
    eve         | email   | yes        | 2024-01-02 10:00:00
    fay         | *       | no         | 2024-01-01 10:00:00
    fay         | *       | yes        | 2024-01-02 10:00:00   # changed her mind
    gus         | sms     | yes        | 2024-01-01 10:00:00
"""
READING = ListReading(ChannelNames({"*": ("all",), "email": (), "sms": ()}), datetime(2024, 7, 1, tzinfo=UTC))
REFUSED, ALLOWED = Consent(unknown_is="refused"), Consent(unknown_is="allowed")


@pytest.fixture(scope="module")
def answers(frame):
    consents = frame(DRAWN, is_allowed="boolean").selectExpr("*", "timestamp(updated_at) as at")
    stamped = consents.drop("updated_at").withColumnRenamed("at", "updated_at")
    newest = newest_consents(consents.select("customer_id"), stamped, READING)
    email = F.lit("email")
    by_email = newest.withColumns(
        {"objects": is_objector(), "refused": may_contact(REFUSED, email), "allowed": may_contact(ALLOWED, email)}
    )
    return {row["customer_id"]: row for row in by_email.collect()}


@pytest.mark.parametrize(
    ("customer", "email"),
    [("ann", False), ("bob", True), ("cat", False), ("dan", False), ("eve", True), ("fay", True)],
)
def test_the_newest_answer_counts_and_a_channels_own_before_that_for_all(answers, customer, email):
    row = answers[customer]
    assert (row["refused"], row["allowed"]) == (email, email)


def test_what_was_never_asked_is_what_the_deployment_says(answers):
    assert (answers["gus"]["refused"], answers["gus"]["allowed"]) == (False, True)


def test_who_refused_everything_last_is_an_objector_whatever_else_was_said(answers):
    assert {name for name, row in answers.items() if row["objects"]} == {"eve"}
