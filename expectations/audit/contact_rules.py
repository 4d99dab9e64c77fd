"""What caps, pauses and combinations say of contacts, by those of other dates and by answers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from expectations.audit.evidence import Evidence
from expectations.audit.history import Event
from expectations.audit.recount import is_in_force, is_switched_on

Rule = Mapping[str, Any]
LARGEST = 2**53
"""Numbers from here on are not told apart."""


def parts_in_force(evidence: Evidence, part: str) -> list[Rule]:
    """The rules of `contact_policy`, or of `combinations`, that hold on the date; they leave out exempt offers."""
    rules = [
        {**rule, "max_contacts": _wishes(evidence, rule["max_contacts"])}
        if isinstance(rule.get("max_contacts"), Mapping)
        else rule
        for rule in evidence.policy.get(part) or ()
        if is_in_force(rule, evidence.as_of)
    ]
    exempt = [str(offer["id"]) for offer in evidence.offers if is_switched_on(offer.get("exempt"))]
    return [{**rule, "except": [*(rule.get("except") or ()), *exempt]} for rule in rules] if exempt else rules


@dataclass(frozen=True)
class Wishes:
    """How many contacts each customer wishes, and how many those get of whom nobody knows."""

    of_customer: Mapping[str, int]
    otherwise: int


def _wishes(evidence: Evidence, stated: Mapping[str, Any]) -> Wishes:
    return Wishes(_whole_numbers(evidence, str(stated["attribute"])), int(stated["otherwise"]))


@lru_cache(maxsize=8)  # several checks ask for the same
def _whole_numbers(evidence: Evidence, attribute: str) -> dict[str, int]:
    """Customer -> the number in a column of the raw table, where it is whole and not below zero."""
    rows = evidence.customers.rows("customer_id", attribute)
    return {str(customer): int(number) for customer, number in rows if _is_whole(number)}


def _is_whole(number: object) -> bool:
    return isinstance(number, int | float) and 0 <= number < LARGEST and number == int(number)


def _most(rule: Rule, unit: str) -> int:
    """How many contacts a cap allows to a customer or household."""
    most = rule["max_contacts"]
    return most.of_customer.get(unit, most.otherwise) if isinstance(most, Wishes) else int(most)


def not_allowed(
    rule: Rule,
    sent: Sequence[Event],
    around: Sequence[Event],
    answers: Sequence[Event],
    *,
    lost: Iterable[date],
    as_of: date,
) -> int:
    """How many contacts of the date a cap or a pause does not allow.

    Args:
        sent: contacts of the date.
        around: contacts of other dates, of the same customers and households at least.
        answers: theirs.
        lost: dates of which nobody knows whom they contacted.
    """
    if rule.get("after"):
        if rule["after"].get("no_response_to"):
            return _in_silence(rule, sent, around, answers, lost=lost, as_of=as_of)
        return _in_pauses(rule, sent, answers, as_of)
    if any(abs((day - as_of).days) < int(rule["days"]) for day in lost):
        return _counted(rule, sent).total()
    return _beyond_cap(rule, sent, around, as_of)


def concerns(rule: Rule, offer_id: str) -> bool:
    """Whether a combination names the offer at all."""
    return offer_id in (rule.get("never_together") or [*rule["offers"], *(rule.get("after") or ())])


def is_excluded(rule: Rule, offer: Event, others: Sequence[Event], lost: Sequence[date], as_of: date) -> bool:
    """Whether a combination does not allow an offer beside the customer's contacts on other dates."""
    return _is_excluded(rule, offer, others, as_of) or _may_be_excluded(rule, offer, lost, as_of)


def _beyond_cap(rule: Rule, sent: Sequence[Event], around: Sequence[Event], as_of: date) -> int:
    """Tonight's contacts of those who have a window around tonight that holds more than the cap."""
    now, days, offsets = _counted(rule, sent), int(rule["days"]), defaultdict[tuple[str, str], list[int]](list)
    for event in around:
        group, offset = group_of(rule, event), (event.day - as_of).days
        if group is not None and group in now and abs(offset) < days:
            offsets[group].append(offset)
    return sum(
        count
        for group, count in now.items()
        if count + _in_fullest_window(offsets[group], days) > _most(rule, group[0])
    )


def counted_around(rule: Rule, around: Iterable[Event], as_of: date) -> dict[tuple[str, str], int]:
    """Whom and what a cap counts together -> how many contacts lie in the fullest of its windows around the date."""
    days, offsets = int(rule["days"]), defaultdict[tuple[str, str], list[int]](list)
    for event in around:
        group, offset = group_of(rule, event), (event.day - as_of).days
        if group is not None and abs(offset) < days:
            offsets[group].append(offset)
    return {group: _in_fullest_window(of_group, days) for group, of_group in offsets.items()}


def _in_fullest_window(offsets: Sequence[int], days: int) -> int:
    """Of all windows of so many days that contain day 0, the number of events in the fullest."""
    firsts = {offset for offset in offsets if offset < 0} | {0}
    return max(sum(first <= offset < first + days for offset in offsets) for first in firsts)


def _in_pauses(rule: Rule, sent: Sequence[Event], answers: Sequence[Event], as_of: date) -> int:
    """Tonight's contacts of those who gave the answer so often, so closely, so lately."""
    after, days = rule["after"], defaultdict[tuple[str, str], list[date]](list)
    every_channel = {key: value for key, value in rule.items() if key != "channels"}
    for answer in answers:
        group = group_of(every_channel, answer)
        if answer.outcome == after["outcome"] and group is not None:
            days[group].append(answer.day)
    paused_since = as_of - timedelta(days=int(rule["pause_days"]))
    times, span = int(after.get("times", 1)), int(after["days"])
    return sum(
        count
        for group, count in _counted(rule, sent).items()
        if any(last > paused_since and (last - first).days < span for first, last in _runs(days[group], times))
    )


def _in_silence(
    rule: Rule,
    sent: Sequence[Event],
    around: Sequence[Event],
    answers: Sequence[Event],
    *,
    lost: Iterable[date],
    as_of: date,
) -> int:
    """Tonight's contacts of those whose last so many contacts, close and late enough, got no answer.

    One of a lost date might be the one that is missing to so many.
    """
    needed, span, pause = (int(rule["after"]["no_response_to"]), int(rule["after"]["days"]), int(rule["pause_days"]))
    if any(as_of - timedelta(days=pause + span - 2) <= day < as_of for day in lost):
        return _counted(rule, sent).total()
    every_channel = {key: value for key, value in rule.items() if key != "channels"}
    contacted, answered = defaultdict[Any, list[date]](list), defaultdict[Any, list[date]](list)
    for event in around:
        contacted[group_of(rule, event)] += [event.day] if event.day < as_of else []
    for answer in answers:
        answered[group_of(every_channel, answer)].append(answer.day)

    def is_silent(group: tuple[str, str]) -> bool:
        days = sorted(contacted[group])[-needed:]
        if len(days) < needed or (days[-1] - days[0]).days >= span or (as_of - days[-1]).days >= pause:
            return False
        return all(day < days[0] for day in answered[group])

    return sum(count for group, count in _counted(rule, sent).items() if is_silent(group))


def _runs(days: Sequence[date], times: int) -> list[tuple[date, date]]:
    """The first and the last day of every so many answers in a row."""
    in_order = sorted(days)
    return list(zip(in_order, in_order[times - 1 :], strict=False))


def _counted(rule: Rule, events: Iterable[Event]) -> Counter[tuple[str, str]]:
    groups = (group_of(rule, event) for event in events)
    return Counter(group for group in groups if group is not None)


def group_of(rule: Rule, event: Event) -> tuple[str, str] | None:
    """Whom and what the rule counts it with; None where it does not count it."""
    pairs = (("channels", event.channel), ("offers", event.offer_id), ("objectives", event.objective))
    if event.offer_id in (rule.get("except") or ()) or any(
        rule.get(key) is not None and value not in rule[key] for key, value in pairs
    ):
        return None
    same = event.same(rule.get("same"))
    return None if same is None else (event.unit(rule.get("per", "customer")), same)


def _is_excluded(rule: Rule, offer: Event, others: Sequence[Event], as_of: date) -> bool:
    """Whether an offer of tonight may not go to a customer with these contacts on other dates."""
    together, days = rule.get("never_together"), timedelta(days=int(rule.get("not_within_days") or 0))
    if together:
        return offer.offer_id in together and any(
            event.offer_id in together and event.offer_id != offer.offer_id for event in others
        )
    if rule.get("only_after"):
        before = {event.offer_id for event in others if event.day < as_of}
        return offer.offer_id in rule["offers"] and before.isdisjoint(rule["only_after"])
    opened = any(event.offer_id in rule["after"] and as_of - days <= event.day <= as_of for event in others)
    closed = any(event.offer_id in rule["offers"] and as_of <= event.day <= as_of + days for event in others)
    return (offer.offer_id in rule["offers"] and opened) or (offer.offer_id in rule["after"] and closed)


def _may_be_excluded(rule: Rule, offer: Event, lost: Sequence[date], as_of: date) -> bool:
    """Whether a contact on a date declared lost could exclude it."""
    if rule.get("only_after"):
        return False
    days = rule.get("not_within_days")
    return concerns(rule, offer.offer_id) and any(days is None or abs((day - as_of).days) <= int(days) for day in lost)
