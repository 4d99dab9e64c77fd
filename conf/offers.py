"""offers.csv, channels.csv, offer_channels.csv: what may be offered, through what, and numbers of the two together."""

from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from conf.strict import Day, Line, Name, Strict

TOO_NEAR = 0.85
"""Likeness of two names from which on one is taken for a slip of the other."""
FILES_OF_A_SET = ("audit", "decisions", "limits", "manifest", "newcomers", "proof", "recall", "report")
"""Names of files in a published set, beside those that are called after their channel."""

Money = Annotated[Decimal, Field(ge=0, le=1_000_000, max_digits=18, decimal_places=6)]


class WithParameters(Strict):
    """A row whose further columns are numbers that formulas may use."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False, str_strip_whitespace=True)
    __pydantic_extra__: dict[str, float]

    @model_validator(mode="after")
    def _no_parameter_is_a_slip(self) -> Self:
        for name in self.parameters:
            meant = get_close_matches(name, type(self).model_fields, n=1, cutoff=TOO_NEAR)
            if meant:
                raise ValueError(f"the column {name!r} is too near to {meant[0]!r} to be a number of its own")
        return self

    @property
    def parameters(self) -> dict[str, float]:
        """The further columns of this row, by name."""
        return dict(self.__pydantic_extra__ or {})


class Offer(WithParameters):
    """One row of offers.csv.

    Attributes:
        category: the product category it is about; empty for an offer about the whole relationship.
        margin: money earned when the offer is taken up, incentive not deducted.
        incentive_cost: money given away when the offer is taken up.
        valid_from, valid_to: the first and the last decision date on which it may be offered.
        channels: ids separated by spaces.
        topic: what consents call it; where it is empty, its objective.
        must_send: it goes out where it applies, before everything else; of two the one in the earlier row.
        exempt: caps, pauses and combinations neither count nor block it; consent does.
    """

    id: Name
    name: Line
    objective: Name
    category: str | None = None
    margin: Money
    incentive_cost: Money
    valid_from: Day
    valid_to: Day
    channels: Annotated[tuple[Name, ...], Field(min_length=1)]
    topic: Line | None = None
    must_send: bool = False
    exempt: bool = False

    @model_validator(mode="before")
    @classmethod
    def _split_channels(cls, row: object) -> object:
        if not (isinstance(row, dict) and isinstance(row.get("channels"), str)):
            return row
        foreign = next((sign for sign in ",;|/+&" if sign in row["channels"]), "")
        if foreign:
            raise ValueError(f"channels are parted by blanks, and there is {foreign!r} between them")
        return {**row, "channels": tuple(row["channels"].split())}

    @field_validator("channels")
    @classmethod
    def _each_once(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((name for name in channels if channels.count(name) > 1), None)
        if twice:
            raise ValueError(f"the channel {twice!r} is named twice")
        return channels

    @field_validator("topic")
    @classmethod
    def _is_one_topic(cls, topic: str | None) -> str | None:
        if topic is not None and topic.casefold() in ("*", "all"):
            raise ValueError("this means all topics in the list of consents; an offer has one")
        return topic

    @model_validator(mode="after")
    def _dates_in_order(self) -> "Offer":
        if self.valid_from > self.valid_to:
            raise ValueError(f"valid_from {self.valid_from} is after valid_to {self.valid_to}")
        return self

    @property
    def about(self) -> str:
        """The topic that consents must allow."""
        return self.topic or self.objective

    def is_valid_on(self, as_of: date) -> bool:
        """Whether the offer may be made on this decision date."""
        return self.valid_from <= as_of <= self.valid_to


class Channel(WithParameters):
    """One row of channels.csv. `unit_cost` is the money one contact costs, whatever comes of it."""

    id: Name
    name: Line
    unit_cost: Money

    @field_validator("id")
    @classmethod
    def _has_files_of_its_own(cls, name: str) -> str:
        if name in FILES_OF_A_SET:
            raise ValueError("its files would overwrite another file of the published set; call it otherwise")
        return name


class OfferChannel(WithParameters):
    """One row of offer_channels.csv: numbers of an offer through one of its channels, such as the minutes of a call."""

    offer: Name
    channel: Name
