"""The strictness that every settings model shares."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""An id that may become a file name or a word in a formula's scope: lower case, digits, `_`, `-`; at most 64."""


Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A name that formulas and rules can use."""

Title = Annotated[str, StringConstraints(pattern=r"^[^\W_][\w '’.,:()%&/-]{0,79}$")]
"""What people call a rule or a limit, shown in reasons and reports: one line of letters, digits and plain signs."""


class Strict(BaseModel):
    """A frozen settings model: unknown keys, infinities and NaN are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_strip_whitespace=True)
