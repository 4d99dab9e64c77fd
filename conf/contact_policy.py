"""The contact policy: how often a customer may be contacted, and which offers exclude or require one another."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from conf.dated import Dated
from conf.strict import Days, FormulaWord, Name, Names, Strict, Title, Titles

COMBINATION_KEYS = ("never_together", "offers", "after", "not_within_days", "only_after")


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
    segments: Titles | None = None
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
    segments: Titles | None = None
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
