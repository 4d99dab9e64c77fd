"""What customers allowed, by their newest answers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from expectations.audit.cut_lines import refuse_cut_files
from expectations.audit.evidence import Evidence
from expectations.audit.raw_tables import RawTable
from expectations.audit.spellings import EVERYWHERE, Spelled, channels_of, topics_of
from expectations.audit.stamps import day_of, end_of_day, instant_of

Key = str | tuple[str, str]
"""A channel, or a channel and a topic, of an answer about one topic alone."""
Answers = Mapping[Key, bool]
OLDEST, NEWEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
YES = {"true", "t", "yes", "y", "1", "1.0"}
"""What a raw file may write for yes; whatever else stands there, or nothing, is a no."""


def answers_of(
    evidence: Evidence, consents: RawTable | None, before: date | None = None, customers: Iterable[str] | None = None
) -> dict[str, dict[Key, bool]]:
    """Customer -> channel, or channel and topic -> whether the newest answer is yes.

    Args:
        customers: everybody who might be meant; None: those in the table of customers.
    """
    if consents is None:
        return {}
    everybody = evidence.customer_ids if customers is None else customers
    channels = channels_of(evidence.channels, evidence.other_channels)
    topics = topics_of(evidence.offers, evidence.other_topics) if evidence.consents_have_topics else None
    return newest_answers(consents, everybody, channels, ZoneInfo(evidence.time_zone), before, topics=topics)


def newest_answers(
    consents: RawTable,
    customers: Iterable[str],
    channels: Spelled,
    zone: ZoneInfo,
    before: date | None = None,
    *,
    topics: Spelled | None = None,
) -> dict[str, dict[Key, bool]]:
    """Customer -> channel, or channel and topic -> whether the newest answer is yes; of two as new, no wins.

    A no is of all customers, channels and topics that it can mean, of all where it means none, and counts to the end
    of its day where its stamp is the start of one. A yes is of the one that it must mean; before a yes of later than
    the reading of the list, every no counts.

    Args:
        zone: whose days are counted.
        before: answers of this day and later are passed over; those without a readable stamp are not.
        topics: None: answers are about all of them.

    Raises:
        ValueError: the last line of a file is cut.
    """
    refuse_cut_files(consents)
    people = Spelled((customer, customer) for customer in customers)
    read_at = consents.read_at or datetime.now(UTC)
    newest: dict[str, dict[Key, tuple[datetime, bool]]] = defaultdict(dict)
    names = ("customer_id", "channel", "is_allowed", "updated_at", "topic")
    for customer, channel, answer, updated, topic in consents.rows(*names):
        if before and (day_of(updated, consents, zone) or date.min) >= before:
            continue
        moment, is_refusal = instant_of(updated, consents, zone), str(answer).strip().lower() not in YES
        if is_refusal:
            given = (end_of_day(moment, zone) if moment else NEWEST, True)
            meant, about = people.all_of(str(customer)), channels.all_of(str(channel)) or {EVERYWHERE}
            of = topics.all_of(str(topic or "")) or {EVERYWHERE} if topics else {EVERYWHERE}
        else:
            given = (moment if moment and moment <= read_at else OLDEST, False)
            meant, about = people.the_one(str(customer)), channels.the_one(str(channel))
            of = topics.the_one(str(topic or "")) if topics else {EVERYWHERE}
        keys: list[Key] = [name if each == EVERYWHERE else (name, each) for name in about for each in of]
        for customer_id in meant:
            theirs = newest[customer_id]
            theirs.update({key: max(theirs.get(key, given), given) for key in keys})
    return {
        customer: {key: not is_refusal for key, (_, is_refusal) in theirs.items()}
        for customer, theirs in newest.items()
    }


def is_objector(answers: Answers) -> bool:
    """Whether a customer with these answers refuses every channel at once."""
    return answers.get(EVERYWHERE) is False


def allows(answers: Answers, channel: str, topic: str | None = None, *, unknown_is_allowed: bool) -> bool:
    """A customer's answer for a channel, else that for all channels, else what silence means.

    A no about the topic goes before all of these, a yes about it before silence alone.

    Args:
        topic: what the contact is about; None: nobody knows, and every no about a topic counts.
    """
    of_topics = [
        answer
        for key, answer in answers.items()
        if isinstance(key, tuple) and key[0] in (channel, EVERYWHERE) and (topic is None or key[1] == topic)
    ]
    if not all(of_topics):
        return False
    stated = answers.get(channel, answers.get(EVERYWHERE))
    return bool(of_topics and topic is not None) or unknown_is_allowed if stated is None else stated


@lru_cache(maxsize=1)  # several checks ask for the same
def answers_when_planned(evidence: Evidence) -> dict[str, dict[Key, bool]]:
    """What everybody had answered when the night began.

    Where the list of that moment was kept, it says so. Else the newest list does, by the answers from before the date:
    later ones may have come while the night ran.
    """
    if evidence.consents_planned_with:
        return answers_of(evidence, evidence.consents_planned_with)
    return answers_of(evidence, evidence.consents, evidence.as_of)


def objectors_when_planned(evidence: Evidence) -> set[str]:
    """Who had refused every contact when the night began."""
    return {customer for customer, answers in answers_when_planned(evidence).items() if is_objector(answers)}
