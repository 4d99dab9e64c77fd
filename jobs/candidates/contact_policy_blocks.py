"""Contact policy blocks: the options that each cap or combination in force may block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from conf.contact_policy import Combination, ContactRule, FromAttribute
from conf.settings import Settings
from jobs.candidates.combinations import blocked_options
from jobs.candidates.contact_caps import SAME_COLUMN, speaks_of
from jobs.candidates.options import Option


@dataclass(frozen=True)
class ContactPolicyBlock:
    """One cap or combination in force.

    Attributes:
        options: what is blocked (an offer, objective or channel; empty: everything in the rule's scope) -> positions.
        segments: it blocks customers in one of these alone; None: everybody.
        is_for_nobody: it blocks them for everybody: a cap of nothing, or one that reaches a date of which nobody knows
            any more who was contacted.
    """

    rule: str
    options: Mapping[str, tuple[int, ...]]
    is_for_nobody: bool = False
    segments: Sequence[str] | None = None

    @property
    def scope(self) -> tuple[int, ...]:
        """The positions of all options that it may block."""
        return tuple(sorted({position for positions in self.options.values() for position in positions}))


def contact_policy_blocks_on(
    settings: Settings, options: Sequence[Option], as_of: date, lost: Sequence[date] = ()
) -> list[ContactPolicyBlock]:
    """The caps and combinations in force, in the order of policy.yaml.

    Args:
        lost: dates whose sets were declared lost.
    """
    blocks = []
    for cap in settings.contact_rules_on(as_of):
        scope = [n for n, option in enumerate(options) if speaks_of(cap, option)]
        same = SAME_COLUMN[cap.same] if cap.same else None
        is_for_nobody = cap.max_contacts == 0 or _reaches(cap, as_of, lost)
        by_same = _by(same, scope, options)
        if isinstance(cap.max_contacts, FromAttribute):
            by_same[""] = tuple(scope)  # of whoever wishes none
        blocks.append(ContactPolicyBlock(cap.name, by_same, is_for_nobody, cap.segments))
    for combination in settings.policy.combinations_on(as_of):
        is_for_nobody = _reaches(combination, as_of, lost)
        blocked = blocked_options(combination, options)
        blocks.append(ContactPolicyBlock(combination.name, blocked, is_for_nobody, combination.segments))
    return blocks


def _reaches(rule: ContactRule | Combination, as_of: date, lost: Sequence[date]) -> bool:
    """Whether a contact on one of the dates may block something by the rule."""
    if isinstance(rule, Combination):
        days = None if rule.never_together else rule.not_within_days
        return (
            bool(lost) and not rule.only_after and any(days is None or abs((day - as_of).days) <= days for day in lost)
        )
    if rule.after is not None and rule.after.no_response_to is not None:
        return any(0 < (as_of - day).days < (rule.pause_days or 0) + rule.after.days - 1 for day in lost)
    return any(abs((day - as_of).days) < (rule.days or 0) for day in lost)


def _by(same: str | None, scope: Sequence[int], options: Sequence[Option]) -> dict[str, tuple[int, ...]]:
    """The options in scope, by what they must have in common to be blocked together."""
    by_value: dict[str, tuple[int, ...]] = {}
    for position in scope:
        key = str(options[position].columns[same]) if same else ""
        by_value[key] = (*by_value.get(key, ()), position)
    return by_value
