"""What customers allowed, by their newest answers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from expectations.audit.evidence import Evidence
from expectations.audit.raw_tables import RawTable
from expectations.audit.stamps import day_of, instant_of

EVERYWHERE = "*"
"""The channel of an answer about all of them."""
OLDEST, NEWEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
YES = {"true", "t", "yes", "y", "1", "1.0"}
"""What a raw file may write for yes; whatever else stands there, or nothing, is a no."""


def newest_answers(consents: RawTable, before: tuple[date, ZoneInfo] | None = None) -> dict[str, dict[str, bool]]:
    """Customer -> channel -> whether the newest answer is yes; of two as new, no wins.

    Args:
        before: answers of this day and later, in this zone, are passed over; those without a readable stamp are not.
    """
    newest: dict[tuple[str, str], tuple[datetime, bool]] = {}
    for customer, channel, answer, updated in consents.rows("customer_id", "channel", "is_allowed", "updated_at"):
        if before and (day_of(updated, consents, before[1]) or date.min) >= before[0]:
            continue
        key, is_refusal = (str(customer), str(channel)), str(answer).strip().lower() not in YES
        given = (_moment(updated, consents, is_refusal=is_refusal), is_refusal)
        newest[key] = max(newest.get(key, given), given)
    answers: dict[str, dict[str, bool]] = {}
    for (customer, channel), (_, is_refusal) in newest.items():
        answers.setdefault(customer, {})[channel] = not is_refusal
    return answers


def is_objector(answers: Mapping[str, bool]) -> bool:
    """Whether a customer with these answers refuses every channel at once."""
    return answers.get(EVERYWHERE) is False


def allows(answers: Mapping[str, bool], channel: str, *, unknown_is_allowed: bool) -> bool:
    """A customer's answer for a channel, else that for all channels, else what silence means."""
    return answers.get(channel, answers.get(EVERYWHERE, unknown_is_allowed))


def objectors_when_planned(evidence: Evidence) -> set[str]:
    """Who had refused every contact when the night began.

    Where the list of that moment was kept, it says so. Else the newest list does, by the answers from before the date:
    later ones may have come while the night ran.
    """
    if evidence.consents_planned_with:
        answers = newest_answers(evidence.consents_planned_with)
    elif evidence.consents:
        answers = newest_answers(evidence.consents, (evidence.as_of, ZoneInfo(evidence.time_zone)))
    else:
        return set()
    return {customer for customer, by_channel in answers.items() if is_objector(by_channel)}


def _moment(stamp: object, consents: RawTable, *, is_refusal: bool) -> datetime:
    """The stamp as an instant; of one that cannot be read, a no is the newest answer and a yes the oldest."""
    return instant_of(stamp, consents) or (NEWEST if is_refusal else OLDEST)
