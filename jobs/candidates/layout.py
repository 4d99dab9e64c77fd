"""How the table `exclusions` is laid out: which option and which reason each bit of its sets stands for."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import NamedTuple

from jobs.candidates.bitset import options_in, to_bitset, width
from jobs.core.lake import Lake

STAGES = ("consent", "contact_policy", "rules", "value", "must_send")
"""The order in which an option is judged; a decision's status is the last stage that any option reached.

Where a must-send goes before an option, the must-send itself is a candidate, so nobody's last option falls there.
"""
TABLE, FILE, BLOCKED = "exclusion_layout", "layout.json", "blocked"


class Reason(NamedTuple):
    """One thing that can speak against an option."""

    stage: str
    text: str

    @property
    def rank(self) -> int:
        """The position of its stage among all."""
        return STAGES.index(self.stage)

    def __str__(self) -> str:
        """As decisions list it."""
        return f"{self.stage}: {self.text}"


@dataclass(frozen=True)
class Layout:
    """A row of `exclusions` holds in `blocked`, for each reason in order, the set of options that it blocks.

    Attributes:
        options: (offer_id, channel), by the option's position in sets.
        reasons: in the order of the stages.
    """

    options: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]

    @property
    def width(self) -> int:
        """Words of one set."""
        return width(len(self.options))

    @property
    def everything(self) -> list[int]:
        """The set of all options."""
        return to_bitset(range(len(self.options)), len(self.options))

    def of_offer(self, offer_id: str) -> list[int]:
        """The set of an offer's options."""
        return to_bitset([n for n, (offer, _) in enumerate(self.options) if offer == offer_id], len(self.options))

    def reasons_against(self, blocked: Sequence[int]) -> dict[tuple[str, str], list[Reason]]:
        """Option -> what blocks it, of one row's `blocked`; the options that nothing blocks are not in it."""
        by_reason: dict[tuple[str, str], list[Reason]] = {}
        for number, reason in enumerate(self.reasons):
            for position in options_in(blocked[number * self.width : (number + 1) * self.width]):
                by_reason.setdefault(self.options[position], []).append(reason)
        return by_reason


def write_layout(layout: Layout, lake: Lake, as_of: date) -> None:
    """Keep it beside the table."""
    lake.write_file(json.dumps(asdict(layout), indent=1).encode(), TABLE, as_of, FILE)


def read_layout(lake: Lake, as_of: date) -> Layout:
    """The layout of the date's exclusions.

    Raises:
        NotInLake: the candidates of the date have not been built.
    """
    content = json.loads(lake.read_file(TABLE, as_of, FILE))
    return Layout(
        tuple((offer, channel) for offer, channel in content["options"]),
        tuple(Reason(stage, text) for stage, text in content["reasons"]),
    )
