"""What holds on some dates only."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from conf.strict import Day, Strict


class DatedException(Strict):
    """The first and the last of some decision dates."""

    between: Annotated[tuple[Day, ...], Field(min_length=2, max_length=2)]

    @model_validator(mode="after")
    def _in_order(self) -> "DatedException":
        if self.between[0] > self.between[1]:
            raise ValueError(f"between {self.between[0]} and {self.between[1]} there is no date")
        return self


class Dated(Strict):
    """Holds from a first to a last decision date, but for exceptions; without either, on every date."""

    valid_from: Day | None = None
    valid_to: Day | None = None
    exceptions: tuple[DatedException, ...] = ()

    @model_validator(mode="after")
    def _dates_in_order(self) -> "Dated":
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError(f"valid_from {self.valid_from} is after valid_to {self.valid_to}")
        return self

    def holds_on(self, as_of: date) -> bool:
        """Whether it is in force on this decision date."""
        has_begun = self.valid_from is None or self.valid_from <= as_of
        has_ended = self.valid_to is not None and self.valid_to < as_of
        is_excepted = any(exception.between[0] <= as_of <= exception.between[1] for exception in self.exceptions)
        return has_begun and not has_ended and not is_excepted
