"""Contact policy and combinations, counted again over other contacts, answers and the night.

Nights may be run in any order: contacts of later dates that the set knew count in the windows that reach them. Of a
date that was declared lost nobody knows whom it contacted, so a cap that reaches it lets nobody through.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.history import Event, answers_before, contacts_around, contacts_of_set
from expectations.audit.ledger import days_lost
from expectations.audit.recount import is_in_force

Rule = Mapping[str, Any]


def the_contact_policy_is_kept(evidence: Evidence) -> Iterator[Breach]:
    """With the contacts of the night, no window of days that contains it exceeds its cap, and no pause is broken.

    Reads: decisions, policy, raw customers, contacts and responses, other sets.
    """
    rules = _in_force(evidence, "contact_policy")
    if not rules:
        return
    sent, around, answers = contacts_of_set(evidence), contacts_around(evidence), answers_before(evidence)
    for rule in rules:
        if rule.get("after"):
            broken = _in_pauses(rule, sent, answers, evidence.as_of)
        elif _reaches_what_is_lost(rule, evidence):
            broken = _counted(rule, sent).total()
        else:
            broken = _beyond_cap(rule, sent, around, evidence.as_of)
        if broken:
            yield Breach("contact policy", f"{rule['name']}: contacts tonight that it does not allow", broken)


def combinations_are_kept(evidence: Evidence) -> Iterator[Breach]:
    """No offer goes to a customer whose other offers exclude it, or who lacks the earlier one that it needs.

    Reads: decisions, policy, raw contacts, other sets.
    """
    rules = _in_force(evidence, "combinations")
    sent, others = contacts_of_set(evidence), defaultdict[str, list[Event]](list)
    for contact in contacts_around(evidence) if rules else ():
        others[contact.customer_id].append(contact)
    for rule in rules:
        lost = sorted(days_lost(evidence))
        broken = sum(
            _is_excluded(rule, event, others[event.customer_id], evidence.as_of)
            or _may_be_excluded(rule, event, lost, evidence.as_of)
            for event in sent
        )
        if broken:
            yield Breach("combinations", f"{rule['name']}: offers tonight that it does not allow", broken)


def _in_force(evidence: Evidence, part: str) -> list[Rule]:
    return [rule for rule in evidence.policy.get(part) or () if is_in_force(rule, evidence.as_of)]


def _reaches_what_is_lost(cap: Rule, evidence: Evidence) -> bool:
    """Whether a window of the cap holds the decision date and a date that was declared lost."""
    return any(abs((day - evidence.as_of).days) < int(cap["days"]) for day in days_lost(evidence))


def _beyond_cap(rule: Rule, sent: Sequence[Event], around: Sequence[Event], as_of: date) -> int:
    """Tonight's contacts of those who have a window around tonight that holds more than the cap."""
    now, days, offsets = _counted(rule, sent), int(rule["days"]), defaultdict[tuple[str, str], list[int]](list)
    for event in around:
        group, offset = _group(rule, event), (event.day - as_of).days
        if group is not None and group in now and abs(offset) < days:
            offsets[group].append(offset)
    return sum(
        count
        for group, count in now.items()
        if count + _in_fullest_window(offsets[group], days) > int(rule["max_contacts"])
    )


def _in_fullest_window(offsets: Sequence[int], days: int) -> int:
    """Of all windows of so many days that contain day 0, the number of events in the fullest."""
    firsts = {offset for offset in offsets if offset < 0} | {0}
    return max(sum(first <= offset < first + days for offset in offsets) for first in firsts)


def _in_pauses(rule: Rule, sent: Sequence[Event], answers: Sequence[Event], as_of: date) -> int:
    """Tonight's contacts of those who gave the answer so often, so closely, so lately."""
    after, days = rule["after"], defaultdict[tuple[str, str], list[date]](list)
    every_channel = {key: value for key, value in rule.items() if key != "channels"}
    for answer in answers:
        group = _group(every_channel, answer)
        if answer.outcome == after["outcome"] and group is not None:
            days[group].append(answer.day)
    paused_since = as_of - timedelta(days=int(rule["pause_days"]))
    times, span = int(after.get("times", 1)), int(after["days"])
    return sum(
        count
        for group, count in _counted(rule, sent).items()
        if any(last > paused_since and (last - first).days < span for first, last in _runs(days[group], times))
    )


def _runs(days: Sequence[date], times: int) -> list[tuple[date, date]]:
    """The first and the last day of every so many answers in a row."""
    in_order = sorted(days)
    return list(zip(in_order, in_order[times - 1 :], strict=False))


def _counted(rule: Rule, events: Iterable[Event]) -> Counter[tuple[str, str]]:
    groups = (_group(rule, event) for event in events)
    return Counter(group for group in groups if group is not None)


def _group(rule: Rule, event: Event) -> tuple[str, str] | None:
    """Whom and what the rule counts it with; None where it does not count it."""
    pairs = (("channels", event.channel), ("offers", event.offer_id), ("objectives", event.objective))
    if any(rule.get(key) is not None and value not in rule[key] for key, value in pairs):
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
    opened = any(event.offer_id in rule["after"] and as_of - days <= event.day < as_of for event in others)
    closed = any(event.offer_id in rule["offers"] and as_of < event.day <= as_of + days for event in others)
    return (offer.offer_id in rule["offers"] and opened) or (offer.offer_id in rule["after"] and closed)


def _may_be_excluded(rule: Rule, offer: Event, lost: Sequence[date], as_of: date) -> bool:
    """Whether a contact on a date declared lost could exclude it."""
    if rule.get("only_after"):
        return False
    named = rule.get("never_together") or [*rule["offers"], *rule["after"]]
    days = rule.get("not_within_days")
    return offer.offer_id in named and any(days is None or abs((day - as_of).days) <= int(days) for day in lost)
