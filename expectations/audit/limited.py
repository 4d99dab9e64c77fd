"""What candidates carry beyond their ids and their money, for limits to count: taken from what expressions read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from expectations.audit.evidence import Evidence
from expectations.audit.limit_bounds import CONTACTS, whole_of
from expectations.audit.recount import SYNONYMS, columns_of, is_in_force, matches
from expectations.audit.segments import SEGMENT

Facts = Mapping[str, Any]
OF_EVERY_CANDIDATE = {"customer_id", "household_id", "offer_id", "channel", "objective", "category", "value", "cost"}


class Limited:
    """The limits of the date, and the further columns that candidates have because of them."""

    def __init__(self, evidence: Evidence) -> None:
        """Args: evidence: its policy is read."""
        stated = evidence.policy.get("limits") or ()
        self.limits = [limit for limit in stated if is_in_force(limit, evidence.as_of)]
        self.amounts = {name for limit in self.limits for name in _summed_by(limit)}
        named = {SYNONYMS.get(name, name) for limit in self.limits for name in columns_of(limit)}
        named |= {SEGMENT} if evidence.policy.get("segments") else set()
        self.columns = sorted(named - OF_EVERY_CANDIDATE - {CONTACTS})

    def facts(self, row: Facts) -> tuple[object, ...]:
        """What a candidate has in these columns; an amount that no limit counts and nobody knows is 0."""
        return tuple(float(row[name] or 0) if name in self.amounts else row[name] for name in self.columns)

    def unknown_amounts(self, row: Facts) -> Iterator[str]:
        """A reason for each amount that a limit counts and nobody knows."""
        for limit in self.limits:
            whole = whole_of(limit)
            if matches(row, (limit.get("where") or {}) if whole is None else whole):
                unknown = sorted(name for name in _summed_by(limit) if row[name] is None)
                yield from (f"value: {name}, which {limit['name']!r} counts, is not known" for name in unknown)


def as_fact(cell: object) -> object:
    """A cell of the table of candidates, so that it compares with `Limited.facts`."""
    return frozenset(cell) if isinstance(cell, list) else cell


def _summed_by(limit: Facts) -> set[str]:
    named: Sequence[str] = limit.get("ratio") or ([limit["sum"]] if limit.get("sum") else [])
    return {*named} - {CONTACTS, "value", "cost"}
