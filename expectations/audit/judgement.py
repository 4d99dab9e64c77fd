"""What the second judge finds about one customer."""

from collections import defaultdict
from dataclasses import dataclass, field

STAGES = {"consent": "no_consent", "contact_policy": "capped", "rules": "ineligible", "value": "no_value"}
"""Stage, in order -> what a customer is called whose last option falls there."""
GOES_FIRST, WAITS = "{} goes first", "{} is due as well and waits"


@dataclass(frozen=True)
class Candidate:
    """What an option is worth to a customer whom nothing keeps from it; amounts in millionths.

    Attributes:
        further: what limits count beyond the ids and the money, as `Limited.facts` says.
    """

    value: int
    cost: int
    propensity: float | None
    further: tuple[object, ...] = ()


@dataclass
class Judgement:
    """What was found about one customer.

    Attributes:
        blocked: reason, as decisions list it -> the places of the options that it blocks.
        candidates: offer and channel -> what is left.
        must_get: the offer that must go to the customer.
        options: how many options there were.
    """

    options: int
    blocked: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    candidates: dict[tuple[str, str], Candidate] = field(default_factory=dict)
    must_get: str | None = None

    @property
    def reasons(self) -> list[str]:
        """Everything that speaks against any option."""
        return sorted(reason for reason, places in self.blocked.items() if places)

    @property
    def waiting(self) -> list[str]:
        """What is said of further must-sends to a customer who gets one."""
        return [reason for reason in self.reasons if reason.endswith(WAITS.format(""))]

    @property
    def status(self) -> str:
        """What the customer is called if nothing is chosen for it."""
        if self.candidates:
            if self.must_get:
                return "not_selected"
            best = max(candidate.value - candidate.cost for candidate in self.candidates.values())
            return "not_selected" if best > 0 else "no_value"
        gone: set[int] = set()
        for stage, status in STAGES.items() if self.options else ():
            gone = gone.union(*(places for reason, places in self.blocked.items() if reason.startswith(f"{stage}: ")))
            if len(gone) == self.options:
                return status
        return "ineligible"
