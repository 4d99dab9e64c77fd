"""policy.yaml: what the campaign team decides about whom to contact, how often and within which limits."""

import operator
from datetime import date
from typing import Annotated, Literal, Protocol

from pydantic import Field, field_validator, model_validator

from conf.contact_policy import Combination, ContactRule
from conf.dated import Dated
from conf.limit import Limit
from conf.strict import Day, Name, Names, Strict, Title, Titles

DEFAULT_OBJECTIVES = ("cross_sell", "up_sell", "retention", "loyalty", "reminder")
Salt = Annotated[str, Field(pattern=r"^env:[A-Z][A-Z0-9_]*$")]
"""Where a secret is: whoever has it can compute who is drawn."""
SEGMENT = "segment"
"""The column of candidates, and the key in `where`, that holds a customer's segments."""


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
    segments: Titles | None = None
    offers: OfferScope = OfferScope()
    channels: Names | None = None
    only_when: str | None = None
    never_when: str | None = None

    @model_validator(mode="after")
    def _one_expression(self) -> "Rule":
        if (self.only_when is None) == (self.never_when is None):
            raise ValueError("say either only_when or never_when")
        return self


class Control(Strict):
    """Of those whom an offer would have reached, the share that gets nothing, so that its effect can be measured.

    Each offer in scope has an arm of its own, the same customers every night. With `segments`, only customers in one of
    these can be in an arm.
    """

    share: Annotated[float, Field(gt=0, lt=1)]
    salt: Salt
    offers: OfferScope = OfferScope()
    segments: Titles | None = None


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
    def with_segments(self) -> dict[tuple[str | int, ...], Titles]:
        """Place in the policy -> the segments that it names, of every part that names some."""
        named: dict[tuple[str | int, ...], Titles | None] = {
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
