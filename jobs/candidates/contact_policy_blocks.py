"""Contact policy blocks: the options that each cap or combination in force may block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from conf.policy import Policy
from jobs.candidates.combinations import combines
from jobs.candidates.contact_caps import SAME_COLUMN, speaks_of
from jobs.candidates.options import Option


@dataclass(frozen=True)
class ContactPolicyBlock:
    """One cap or combination in force.

    Attributes:
        options: what is blocked (an offer, objective or channel; empty: everything in the rule's scope) -> positions.
        is_for_nobody: it blocks them for everybody, whatever was sent before.
    """

    rule: str
    options: Mapping[str, tuple[int, ...]]
    is_for_nobody: bool = False

    @property
    def scope(self) -> tuple[int, ...]:
        """The positions of all options that it may block."""
        return tuple(sorted(position for positions in self.options.values() for position in positions))


def contact_policy_blocks_on(policy: Policy, options: Sequence[Option], as_of: date) -> list[ContactPolicyBlock]:
    """The caps and combinations in force, in the order of policy.yaml."""
    blocks = []
    for cap in policy.contact_rules_on(as_of):
        scope = [n for n, option in enumerate(options) if speaks_of(cap, option)]
        same = SAME_COLUMN[cap.same] if cap.same else None
        blocks.append(ContactPolicyBlock(cap.name, _by(same, scope, options), cap.max_contacts == 0))
    for combination in policy.combinations_on(as_of):
        scope = [n for n, option in enumerate(options) if combines(combination, option)]
        blocks.append(
            ContactPolicyBlock(
                combination.name, _by("offer_id" if combination.never_together else None, scope, options)
            )
        )
    return blocks


def _by(same: str | None, scope: Sequence[int], options: Sequence[Option]) -> dict[str, tuple[int, ...]]:
    """The options in scope, by what they must have in common to be blocked together."""
    by_value: dict[str, tuple[int, ...]] = {}
    for position in scope:
        key = str(options[position].columns[same]) if same else ""
        by_value[key] = (*by_value.get(key, ()), position)
    return by_value
