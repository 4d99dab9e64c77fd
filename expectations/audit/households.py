"""How many members of each household may be contacted on the date, counted again from the contacts of other dates."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from expectations.audit.contact_rules import Rule, counted_around, group_of, parts_in_force
from expectations.audit.evidence import Breach, Evidence
from expectations.audit.history import Event, contacts_around

COLUMN = "household_capacity"
"""Of the candidates, where households differ."""


def stated_by(evidence: Evidence) -> int | str | None:
    """What the proof must say of households: one member, the column with their number, or that no cap counts them."""
    caps = _caps(evidence)
    if not caps:
        return None
    is_one = _untouched(caps) == 1 and not any(cap.get("except") for cap in caps)
    return 1 if is_one else COLUMN


def capacity_breaches(evidence: Evidence) -> Iterator[Breach]:
    """Candidates whose column says another number than their household has left, or says one without need."""
    if stated_by(evidence) != COLUMN:
        return
    caps, table = _caps(evidence), evidence.candidates
    left = _left(caps, contacts_around(evidence), evidence)
    names = ("customer_id", "household_id", "offer_id", "channel", COLUMN)
    rows = list(zip(*(table[name].to_pylist() for name in names), strict=True))
    is_counted: dict[tuple[str, str], bool] = {}
    for _, _, offer, channel, _ in rows:
        if (offer, channel) not in is_counted:
            objective = evidence.offer_of.get(offer, {}).get("objective")
            event = Event("", "", offer, None if objective is None else str(objective), evidence.as_of, channel)
            is_counted[offer, channel] = any(group_of(cap, event) is not None for cap in caps)
    takes_a_place = {customer for customer, _, offer, channel, _ in rows if is_counted[offer, channel]}
    wrong = sum(
        stated != (left.get(household, _untouched(caps)) if customer in takes_a_place else None)
        for customer, household, _, _, stated in rows
    )
    if wrong:
        yield Breach("bound", "candidates with another number of contacts that their household has left", wrong)


def _caps(evidence: Evidence) -> list[Rule]:
    rules = parts_in_force(evidence, "contact_policy")
    return [rule for rule in rules if rule.get("per") == "household" and rule.get("max_contacts") is not None]


def _untouched(caps: Sequence[Rule]) -> int:
    """What a household has left of which nobody was contacted."""
    return min((int(cap["max_contacts"]) for cap in caps if int(cap["max_contacts"]) > 0), default=1)


def _left(caps: Sequence[Rule], around: Iterable[Event], evidence: Evidence) -> dict[str, int]:
    """Household -> the least that a cap leaves to what it counts together, where it leaves anything."""
    around, left = list(around), defaultdict[str, int](lambda: _untouched(caps))
    for cap in caps:
        for (household, _), count in counted_around(cap, around, evidence.as_of).items():
            if count < int(cap["max_contacts"]):
                left[household] = min(left[household], int(cap["max_contacts"]) - count)
    return dict(left)
