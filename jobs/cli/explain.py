"""Explains one customer's decision of a date from that customer's rows of the lake."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from conf.policy import SEGMENT
from conf.settings import Settings
from jobs.candidates.layout import read_layout
from jobs.candidates.segments import SEGMENTS
from jobs.commit.commits import committed
from jobs.core.errors import UnknownCustomer
from jobs.core.lake import Lake
from jobs.core.statuses import STATUSES
from jobs.planning.charges import charges

SCORES = ("propensities", "values")
SAME = ("status", "offer_id", "channel")


@dataclass(frozen=True)
class Option:
    """One offer through one channel, judged for the customer.

    Attributes:
        blocks: (stage, reason) of all that blocks it, in the order of the stages; empty for a candidate.
        value, cost: micros of the currency; None where it is blocked.
        charges: limit -> micros; below zero where a minimum pays.
    """

    offer_id: str
    channel: str
    blocks: tuple[tuple[str, str], ...] = ()
    value: int | None = None
    cost: int | None = None
    charges: tuple[tuple[str, Fraction], ...] = ()
    is_chosen: bool = False

    @property
    def is_candidate(self) -> bool:
        """Whether nothing blocks it."""
        return not self.blocks

    @property
    def net_value(self) -> int:
        """Value less cost, in micros."""
        return (self.value or 0) - (self.cost or 0)

    @property
    def charged(self) -> Fraction:
        """What the limits charge in all."""
        return sum((amount for _, amount in self.charges), Fraction(0))

    @property
    def surplus(self) -> Fraction:
        """Net value less what the limits charge."""
        return self.net_value - self.charged


@dataclass(frozen=True)
class Explanation:
    """Everything that led to one decision.

    Attributes:
        decision: the customer's row of `decisions`.
        consents: channel (or `*`) -> its newest answer.
        segments: of the policy, those that the customer is in.
        scores: the models' predictions for the customer; money in micros.
        options: the candidates by surplus, the largest first, then what is blocked.
        chosen_beside: members of its household who are in the plan, where the night counted households.
        set_name: the committed set of the date, None where there is none.
        is_as_published: whether that set says the same of the customer; None without a set.
    """

    customer_id: str
    as_of: date
    household_id: str
    eligibility_status: str
    decision: dict[str, Any]
    consents: dict[str, bool]
    segments: tuple[str, ...]
    scores: dict[str, float | int]
    options: tuple[Option, ...]
    chosen_beside: tuple[str, ...]
    set_name: str | None
    is_as_published: bool | None

    @property
    def is_experiment(self) -> bool:
        """Whether something else than the plan chose: a draw, or a control arm that keeps its offer back."""
        return self.decision.get("chosen_by") not in (None, "plan")

    @cached_property
    def candidates(self) -> list[Option]:
        """The options that nothing blocks."""
        return [option for option in self.options if option.is_candidate]


def explain(settings: Settings, as_of: date, customer_id: str) -> Explanation:
    """Read what the night of the date left about one customer.

    About customers who were not considered nothing was computed, and nothing is read but their eligibility status.

    Raises:
        NotInLake: the night has not been run.
        UnknownCustomer: its population has no such customer.
    """
    lake = Lake(settings.deployment.lake)
    decisions = lake.read_arrow("decisions", as_of, customer_id=customer_id).to_pylist()
    customers = lake.read_arrow("population", as_of, customer_id=customer_id).to_pylist()
    if not customers or not decisions:
        raise UnknownCustomer(f"the population of {as_of} has no customer {customer_id!r}; ids are compared as text")
    (customer,), (decision,) = customers, decisions
    is_open = customer["eligibility_status"] not in STATUSES
    proof = json.loads((lake.folder("proofs", as_of) / "proof.json").read_text(encoding="utf-8"))
    counts_households = proof["max_per_household"] is not None
    set_name, is_as_published = _published(settings, as_of, decision)
    return Explanation(
        customer_id=customer_id,
        as_of=as_of,
        household_id=customer["household_id"],
        eligibility_status=customer["eligibility_status"],
        decision=decision,
        consents=dict(customer["consents"] or ()) if is_open else {},
        segments=_segments(settings, as_of, customer_id) if is_open else (),
        scores=_scores(lake, as_of, customer_id) if is_open else {},
        options=_options(settings, as_of, decision, proof) if is_open else (),
        chosen_beside=_chosen_beside(lake, as_of, customer) if is_open and counts_households else (),
        set_name=set_name,
        is_as_published=is_as_published,
    )


def _segments(settings: Settings, as_of: date, customer_id: str) -> tuple[str, ...]:
    lake = Lake(settings.deployment.lake)
    if not settings.policy.segments or not lake.has(SEGMENTS, as_of):
        return ()
    rows = lake.read_arrow(SEGMENTS, as_of, customer_id=customer_id)[SEGMENT].to_pylist()
    return tuple(name for names in rows for name in names)


def _options(settings: Settings, as_of: date, decision: dict[str, Any], proof: dict[str, Any]) -> tuple[Option, ...]:
    lake, customer_id = Lake(settings.deployment.lake), decision["customer_id"]
    candidates = lake.read_arrow("candidates", as_of, customer_id=customer_id)
    charged = charges(candidates, settings.policy.limits_on(as_of), proof)
    chosen = (decision["offer_id"], decision["channel"])
    open_ones = [
        Option(
            offer_id=row["offer_id"],
            channel=row["channel"],
            value=row["value"],
            cost=row["cost"],
            charges=tuple(charged_candidate.items()),
            is_chosen=(row["offer_id"], row["channel"]) == chosen,
        )
        for row, charged_candidate in zip(candidates.to_pylist(), charged, strict=True)
    ]
    open_ones.sort(key=lambda option: (-option.surplus, option.offer_id, option.channel))
    return (*open_ones, *_blocked(lake, as_of, customer_id))


def _blocked(lake: Lake, as_of: date, customer_id: str) -> Sequence[Option]:
    """What is blocked, each with its reasons in the order in which the stages were gone through."""
    layout = read_layout(lake, as_of)
    rows = lake.read_arrow("exclusions", as_of, customer_id=customer_id)["blocked"].to_pylist()
    against = [reason for blocked in rows for reason in layout.reasons_against(blocked).items()]
    return [Option(offer, channel, tuple(reasons)) for (offer, channel), reasons in sorted(against)]


def _scores(lake: Lake, as_of: date, customer_id: str) -> dict[str, float | int]:
    """The scores that are one number; those by category stand in each option's value."""
    rows = [row for name in SCORES for row in lake.read_arrow(name, as_of, customer_id=customer_id).to_pylist()]
    return {
        name: value
        for row in rows
        for name, value in row.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _chosen_beside(lake: Lake, as_of: date, customer: dict[str, Any]) -> tuple[str, ...]:
    """Who else of the household is sent something."""
    members = lake.read_arrow("population", as_of, household_id=customer["household_id"])["customer_id"].to_pylist()
    others = sorted(set(members) - {customer["customer_id"]})
    plans = {other: lake.read_arrow("plan", as_of, customer_id=other)["chosen_by"].to_pylist() for other in others}
    return tuple(other for other, chosen_by in plans.items() if set(chosen_by) - {"control"})


def _published(settings: Settings, as_of: date, decision: dict[str, Any]) -> tuple[str | None, bool | None]:
    """The committed set, and whether it says of the customer what the lake says now."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    commit = committed(settings.deployment.output, as_of)
    if commit is None:
        return None, None
    only = [("customer_id", "=", decision["customer_id"])]
    rows = pq.read_table(commit.folder / "decisions.parquet", filters=only, columns=list(SAME)).to_pylist()
    return commit.folder.name, rows == [{name: decision[name] for name in SAME}]
