"""The newest word counts, and of two as new the no; every no that is about a contact refuses it."""

from datetime import UTC, datetime
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest
from pyspark.sql import functions as F

from conf.deployment import Consent
from expectations.audit import RawTable
from expectations.audit import answers as auditor
from expectations.audit.spellings import channels_of, topics_of
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


TOPICS = ChannelNames({"*": ("all", ""), "news": (), "offers": ()})
CHANNELS_SAID, TOPICS_SAID = ("*", "email", "sms", "fax"), ("*", "", "News", "offers", "o f f e r s", "sports")
SUBJECTS = [(channel, topic) for channel in ("email", "sms") for topic in ("news", "offers", None)]


def drawn_answers(draw, customers):
    """(customer, channel, topic, is_allowed, day) of answers of which some are about what nobody knows."""
    return [
        (customer, draw.choice(CHANNELS_SAID), draw.choice(TOPICS_SAID), draw.random() < 0.6, draw.randrange(1, 28))
        for customer in customers
        for _ in range(draw.randrange(5))
    ]


def keys(channel, topic, is_allowed):
    """Channels and topics that an answer is about, by hand."""
    channels = {"fax": set() if is_allowed else {"*"}}.get(channel, {channel})
    form = topic.lower().replace(" ", "") or "*"
    topics = {form} if form in ("*", "news", "offers") else set() if is_allowed else {"*"}
    return {(one, other) for one in channels for other in topics}


def is_contacted(answers, channel, topic, silence):
    """By hand: every standing no about the contact refuses; of two answers of a day the no counts."""
    newest = {}
    for _, said_channel, said_topic, is_allowed, day in answers:
        for key in keys(said_channel, said_topic, is_allowed):
            newest[key] = max(newest.get(key, (0, False)), (day, not is_allowed))
    stands = {key: not is_no for key, (_, is_no) in newest.items()}
    if stands.get(("*", "*")) is False:
        return False
    of_topics = [
        stands[key] for key in stands if key[0] in (channel, "*") and key[1] != "*" and topic in (None, key[1])
    ]
    if not all(of_topics):
        return False
    stated = stands.get((channel, "*"), stands.get(("*", "*")))
    return bool(topic and of_topics) or silence if stated is None else stated


def test_drawn_answers_about_topics_are_read_as_by_hand_by_night_and_auditor(spark, tmp_path):
    draw = Random(11)
    customers = [f"c{number}" for number in range(150)]
    answers = drawn_answers(draw, customers)
    rows = [(*row[:4], datetime(2024, 1, row[4], 12, tzinfo=UTC)) for row in answers]
    schema = "customer_id string, channel string, topic string, is_allowed boolean, updated_at timestamp"
    people = spark.createDataFrame([(name,) for name in customers], "customer_id string")
    reading = ListReading(READING.names, READING.read_at, TOPICS)
    newest = newest_consents(people, spark.createDataFrame(rows, schema).coalesce(1), reading)
    judged = people.join(newest, "customer_id", "left").select(
        "customer_id",
        *[
            (may_contact(rule, F.lit(channel), F.lit(topic).cast("string")) & ~is_objector()).alias(
                f"{channel} {topic} {n}"
            )
            for channel, topic in SUBJECTS
            for n, rule in enumerate((REFUSED, ALLOWED))
        ],
    )
    by_night = {row["customer_id"]: row for row in judged.collect()}
    lines = [
        f"{who},{channel},{topic},{str(yes).lower()},2024-01-{day:02}T12:00:00Z"
        for who, channel, topic, yes, day in answers
    ]
    (tmp_path / "list.csv").write_text("\n".join(["customer_id,channel,topic,is_allowed,updated_at", *lines]) + "\n")
    names = ("customer_id", "channel", "topic", "is_allowed", "updated_at")
    table = RawTable(
        str(tmp_path / "list.csv"), "csv", dict(zip(names, names, strict=True)), {}, read_at=READING.read_at
    )
    spelled = (
        channels_of([{"id": "email"}, {"id": "sms"}], ()),
        topics_of([{"topic": "news"}, {"topic": "offers"}], ()),
    )
    by_auditor = auditor.newest_answers(table, customers, spelled[0], ZoneInfo("UTC"), topics=spelled[1])
    contacted = []
    for who in customers:
        theirs, audited = [row for row in answers if row[0] == who], by_auditor.get(who, {})
        for (channel, topic), silence in product(SUBJECTS, (False, True)):
            expected = is_contacted(theirs, channel, topic, silence)
            contacted.append(expected)
            allowed = auditor.allows(audited, channel, topic, unknown_is_allowed=silence)
            assert (allowed and not auditor.is_objector(audited)) == expected, (theirs, channel, topic)
            assert by_night[who][f"{channel} {topic} {int(silence)}"] == expected, (theirs, channel, topic)
    assert 0.2 < sum(contacted) / len(contacted) < 0.8
