"""Contact policy and combinations, counted again over earlier contacts, answers and the contacts of the night."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.history import Event, answers_before, contacts_before, contacts_of_set
from expectations.audit.recount import is_in_force

Rule = Mapping[str, Any]


def the_contact_policy_is_kept(evidence: Evidence) -> Iterator[Breach]:
    """With the contacts of the night, no window of days exceeds its cap, and no pause is broken.

    Reads: decisions, policy, raw customers, contacts and responses, earlier sets.
    """
    rules = _in_force(evidence, "contact_policy")
    if not rules:
        return
    sent, past, answers = contacts_of_set(evidence), contacts_before(evidence), answers_before(evidence)
    for rule in rules:
        if rule.get("after"):
            broken = _in_pauses(rule, sent, answers, evidence.as_of)
        else:
            broken = _beyond_cap(rule, sent, past, evidence.as_of)
        if broken:
            yield Breach("contact policy", f"{rule['name']}: contacts tonight that it does not allow", broken)


def combinations_are_kept(evidence: Evidence) -> Iterator[Breach]:
    """No offer goes to a customer whose earlier offers exclude it, or lack the one that it needs.

    Reads: decisions, policy, raw contacts, earlier sets.
    """
    rules = _in_force(evidence, "combinations")
    sent, before = contacts_of_set(evidence), defaultdict[str, list[Event]](list)
    for contact in contacts_before(evidence) if rules else ():
        before[contact.customer_id].append(contact)
    for rule in rules:
        broken = sum(_is_excluded(rule, event, before[event.customer_id], evidence.as_of) for event in sent)
        if broken:
            yield Breach("combinations", f"{rule['name']}: offers tonight that it does not allow", broken)


def _in_force(evidence: Evidence, part: str) -> list[Rule]:
    return [rule for rule in evidence.policy.get(part) or () if is_in_force(rule, evidence.as_of)]


def _beyond_cap(rule: Rule, sent: Sequence[Event], past: Sequence[Event], as_of: date) -> int:
    """Tonight's contacts of those whose window, which ends tonight, holds more than the cap."""
    first = as_of - timedelta(days=int(rule["days"]) - 1)
    now = _counted(rule, sent)
    earlier = _counted(rule, [event for event in past if first <= event.day < as_of])
    return sum(count for group, count in now.items() if count + earlier[group] > int(rule["max_contacts"]))


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


def _is_excluded(rule: Rule, offer: Event, before: Sequence[Event], as_of: date) -> bool:
    together = rule.get("never_together")
    if together:
        return offer.offer_id in together and any(
            event.offer_id in together and event.offer_id != offer.offer_id for event in before
        )
    if offer.offer_id not in rule["offers"]:
        return False
    if rule.get("only_after"):
        return not any(event.offer_id in rule["only_after"] for event in before)
    first = as_of - timedelta(days=int(rule["not_within_days"]))
    return any(event.offer_id in rule["after"] and event.day >= first for event in before)
