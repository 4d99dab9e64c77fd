"""policy.yaml: what the campaign team decides about whom to contact, how often and within which limits."""

import operator
from datetime import date
from typing import Annotated, Literal, Protocol

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from conf.dated import Dated
from conf.limit import Limit
from conf.strict import Day, FormulaWord, Name, Strict, Title

DEFAULT_OBJECTIVES = ("cross_sell", "up_sell", "retention", "loyalty", "reminder")
Names = Annotated[tuple[Name, ...], Field(min_length=1)]
Days = Annotated[int, Field(ge=1, le=3660)]
Salt = Annotated[str, Field(pattern=r"^env:[A-Z][A-Z0-9_]*$")]
"""Where a secret is: whoever has it can compute who is drawn."""
Segments = Annotated[tuple[Title, ...], Field(min_length=1)]
"""Names of segments of the policy."""
SEGMENT = "segment"
"""The column of candidates, and the key in `where`, that holds a customer's segments."""
COMBINATION_KEYS = ("never_together", "offers", "after", "not_within_days", "only_after")


class Scoped(Protocol):
    """An offer, as far as a scope asks about it."""

    @property
    def id(self) -> str:
        """Its name among offers."""

    @property
    def objective(self) -> str:
        """What it is for."""

    @property
    def category(self) -> str | None:
        """The product category it is about."""


class OfferScope(Strict):
    """Which offers a rule speaks of; every key given must match, none given means all offers."""

    id: Names | None = None
    objective: Names | None = None
    category: Annotated[tuple[str, ...], Field(min_length=1)] | None = None

    def includes(self, offer: Scoped) -> bool:
        """Whether an offer is one of these."""
        pairs = ((self.id, offer.id), (self.objective, offer.objective), (self.category, offer.category))
        return all(named is None or value in named for named, value in pairs)


class Rule(Dated):
    """An eligibility rule: offers in scope may go to a customer only when, or never when, an expression is true.

    A null answer never permits: `only_when` null blocks, and so does `never_when` null.

    Attributes:
        segments: it applies to customers in any of these segments; None: to all.
    """

    name: Title
    segments: Segments | None = None
    offers: OfferScope = OfferScope()
    channels: Names | None = None
    only_when: str | None = None
    never_when: str | None = None

    @model_validator(mode="after")
    def _one_expression(self) -> "Rule":
        if (self.only_when is None) == (self.never_when is None):
            raise ValueError("say either only_when or never_when")
        return self


class PauseAfter(Strict):
    """What a pause comes after: so many responses of one outcome, or so many contacts without a response, within days.

    Attributes:
        no_response_to: so many contacts, the last that were made, none of which got a response.
    """

    outcome: str | None = None
    times: Annotated[int, Field(ge=1)] = 1
    no_response_to: Annotated[int, Field(ge=1)] | None = None
    days: Days

    @model_validator(mode="after")
    def _one_cause(self) -> "PauseAfter":
        if (self.outcome is None) == (self.no_response_to is None):
            raise ValueError("say either outcome (perhaps with times) or no_response_to")
        if self.no_response_to is not None and "times" in self.model_fields_set:
            raise ValueError("times is of an outcome; no_response_to says itself how many contacts")
        return self


class FromAttribute(Strict):
    """A number of contacts that a customer's attribute says; `otherwise` where it says no whole number from 0 on."""

    attribute: FormulaWord
    otherwise: Annotated[int, Field(ge=0)]


def _kind_of_maximum(written: object) -> str:
    return "[of customer]" if isinstance(written, dict | FromAttribute) else "[number]"


Maximum = Annotated[
    Annotated[Annotated[int, Field(ge=0)], Tag("[number]")] | Annotated[FromAttribute, Tag("[of customer]")],
    Discriminator(_kind_of_maximum),
]
"""How many contacts: one number for everybody, or one of each customer."""


class ContactRule(Dated):
    """How often a customer may be contacted; past contacts and this night's count together.

    A cap says `max_contacts` (a number, or an attribute of the customer that says it) in every `days` calendar days
    that contain as_of; a pause says `after` and `pause_days`.
    `channels`, `offers`, `objectives` narrow what is counted and what is blocked, and `except` leaves offers out of
    both; `same` counts each offer (or objective, or channel) by itself; `per` counts for the customer or the whole
    household; `segments` says to whom it applies.
    """

    name: Title
    segments: Segments | None = None
    max_contacts: Maximum | None = None
    days: Days | None = None
    channels: Names | None = None
    offers: Names | None = None
    objectives: Names | None = None
    excepted: Annotated[Names | None, Field(alias="except")] = None
    same: Literal["offer", "objective", "channel"] | None = None
    per: Literal["customer", "household"] = "customer"
    after: PauseAfter | None = None
    pause_days: Days | None = None

    @model_validator(mode="after")
    def _cap_or_pause(self) -> "ContactRule":
        is_cap = self.max_contacts is not None and self.days is not None
        is_pause = self.after is not None and self.pause_days is not None
        if is_cap == is_pause:
            raise ValueError("say either max_contacts and days (a cap) or after and pause_days (a pause)")
        return self

    @model_validator(mode="after")
    def _a_household_has_no_attribute(self) -> "ContactRule":
        if self.per == "household" and isinstance(self.max_contacts, FromAttribute):
            raise ValueError("max_contacts of a household is a number: its members' attributes may differ")
        return self

    @model_validator(mode="after")
    def _answers_name_no_channel(self) -> "ContactRule":
        if self.after is not None and self.same == "channel":
            raise ValueError("a pause after answers cannot be of the same channel: answers name none")
        return self

    @model_validator(mode="after")
    def _households_are_whole(self) -> "ContactRule":
        if self.segments is not None and self.per == "household":
            raise ValueError("a rule per household is for everybody: its members may be in different segments")
        return self

    def also_excepting(self, offers: tuple[str, ...]) -> "ContactRule":
        """The rule without these offers."""
        return self.model_copy(update={"excepted": (*(self.excepted or ()), *offers)}) if offers else self


class Combination(Dated):
    """Offers that exclude or require one another for a customer, by what it was sent before.

    Say one of three: `never_together`, of these offers a customer gets only one, ever; `offers` with `after` and
    `not_within_days`, none of them in the days that follow an offer of `after`; `offers` with `only_after`, none of
    them unless one of `only_after` was sent before. Tonight brings a customer one offer at most, so what was sent
    before decides. `segments` says to whom it applies.
    """

    name: Title
    segments: Segments | None = None
    never_together: Annotated[tuple[Name, ...], Field(min_length=2)] | None = None
    offers: Names | None = None
    after: Names | None = None
    not_within_days: Days | None = None
    only_after: Names | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Combination":
        keys = {name for name in COMBINATION_KEYS if getattr(self, name) is not None}
        if keys not in ({"never_together"}, {"offers", "after", "not_within_days"}, {"offers", "only_after"}):
            raise ValueError("say never_together, or offers with after and not_within_days, or offers with only_after")
        return self

    @property
    def named(self) -> tuple[Name, ...]:
        """Every offer that it names."""
        return tuple(dict.fromkeys(self.closes + (self.after or ()) + (self.only_after or ())))

    @property
    def closes(self) -> tuple[Name, ...]:
        """The offers that it may close."""
        return self.never_together or self.offers or ()


class Control(Strict):
    """Of those whom an offer would have reached, the share that gets nothing, so that its effect can be measured.

    Each offer in scope has an arm of its own, the same customers every night. With `segments`, only customers in one of
    these can be in an arm.
    """

    share: Annotated[float, Field(gt=0, lt=1)]
    salt: Salt
    offers: OfferScope = OfferScope()
    segments: Segments | None = None


class Exploration(Strict):
    """The share of customers who are drawn each night and get one of their candidates at random."""

    share: Annotated[float, Field(gt=0, le=0.5)]
    salt: Salt


class Holdout(Strict):
    """Customers who are never contacted, so that the others can be compared with them.

    Attributes:
        rotated_on: the first decision date with the present secret; without it the secret must stay what it was.
    """

    share: Annotated[float, Field(ge=0, lt=1)]
    salt: Salt
    per: Literal["customer", "household"] = "customer"
    rotated_on: Day | None = None


class Policy(Strict):
    """The whole of policy.yaml.

    Attributes:
        objectives: what offers may be for. Whether names of other places are among them, `conf.cross_checks` says.
        value: objective -> expected money of making the contact, cost not deducted.
        cost: objective -> expected cost of making the contact; by default unit_cost + incentive_cost.
        value_of_offer, cost_of_offer: offer -> a formula of its own, which goes before that of its objective.
        segments: name -> what is true of its customers; a customer may be in several.
    """

    objectives: Names = Field(default=DEFAULT_OBJECTIVES, exclude_if=lambda names: names == DEFAULT_OBJECTIVES)
    value: dict[Name, str]
    cost: dict[Name, str] = {}
    value_of_offer: dict[Name, str] = Field(default={}, exclude_if=operator.not_)
    cost_of_offer: dict[Name, str] = Field(default={}, exclude_if=operator.not_)
    segments: dict[Title, str] = {}
    rules: tuple[Rule, ...] = ()
    contact_policy: tuple[ContactRule, ...] = ()
    combinations: tuple[Combination, ...] = ()
    limits: tuple[Limit, ...] = ()
    holdout: Holdout | None = None
    control: Control | None = None
    exploration: Exploration | None = None

    @field_validator("objectives")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"the objective {twice!r} is named twice")
        return names

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Policy":
        for kinds in (("rules", "contact_policy", "combinations"), ("limits",)):
            names = [rule.name for kind in kinds for rule in getattr(self, kind)]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                where = ", ".join(kinds)
                raise ValueError(f"{where}: the name {twice[0]!r} is used twice; names are reasons and must be unique")
        return self

    @property
    def with_segments(self) -> dict[tuple[str | int, ...], Segments]:
        """Place in the policy -> the segments that it names, of every part that names some."""
        named: dict[tuple[str | int, ...], Segments | None] = {
            (kind, position, "segments"): part.segments
            for kind in ("rules", "contact_policy", "combinations")
            for position, part in enumerate(getattr(self, kind))
        }
        named["control", "segments"] = self.control.segments if self.control else None
        return {place: names for place, names in named.items() if names}

    def contact_rules_on(self, as_of: date) -> list[ContactRule]:
        """The rules of the contact policy in force on a decision date."""
        return [rule for rule in self.contact_policy if rule.holds_on(as_of)]

    def combinations_on(self, as_of: date) -> list[Combination]:
        """The combinations in force on a decision date."""
        return [combination for combination in self.combinations if combination.holds_on(as_of)]

    def limits_on(self, as_of: date) -> list[Limit]:
        """The limits in force on a decision date."""
        return [limit for limit in self.limits if limit.holds_on(as_of)]
