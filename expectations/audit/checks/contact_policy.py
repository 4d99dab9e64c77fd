"""Contact policy and combinations, counted again over the contacts of all dates and the answers.

Nights may be run in any order: contacts of later dates that the set knew count in the windows that reach them. Of a
date that was declared lost nobody knows whom it contacted, so a cap that reaches it lets nobody through.
"""

from collections import defaultdict
from collections.abc import Iterator

from expectations.audit.contact_rules import is_excluded, not_allowed, parts_in_force
from expectations.audit.evidence import Breach, Evidence
from expectations.audit.history import Event, answers_before, contacts_around, contacts_of_set
from expectations.audit.ledger import days_lost
from expectations.audit.segments import concerned


def the_contact_policy_is_kept(evidence: Evidence) -> Iterator[Breach]:
    """With the contacts of the night, no window of days that contains it exceeds its cap, and no pause is broken.

    Reads: decisions, policy, raw customers, contacts and responses, other sets.
    """
    rules = parts_in_force(evidence, "contact_policy")
    if not rules:
        return
    sent, around, answers = contacts_of_set(evidence), contacts_around(evidence), answers_before(evidence)
    customers = {event.customer_id for event in sent}
    for rule in rules:
        bound = concerned(evidence, rule, customers)
        concerning = [event for event in sent if event.customer_id in bound]
        broken = not_allowed(rule, concerning, around, answers, lost=days_lost(evidence), as_of=evidence.as_of)
        if broken:
            yield Breach("contact policy", f"{rule['name']}: contacts tonight that it does not allow", broken)


def combinations_are_kept(evidence: Evidence) -> Iterator[Breach]:
    """No offer goes to a customer whose other offers exclude it, or who lacks the earlier one that it needs.

    Reads: decisions, policy, raw contacts, other sets.
    """
    rules, lost = parts_in_force(evidence, "combinations"), sorted(days_lost(evidence))
    sent, others = contacts_of_set(evidence), defaultdict[str, list[Event]](list)
    for contact in contacts_around(evidence) if rules else ():
        others[contact.customer_id].append(contact)
    for rule in rules:
        bound = concerned(evidence, rule, {event.customer_id for event in sent})
        concerning = [event for event in sent if event.customer_id in bound]
        broken = sum(is_excluded(rule, event, others[event.customer_id], lost, evidence.as_of) for event in concerning)
        if broken:
            yield Breach("combinations", f"{rule['name']}: offers tonight that it does not allow", broken)
