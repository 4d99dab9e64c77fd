"""The strictness that every settings model shares."""

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from conf.expressions.parser import WORDS

NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""An id that may become a file name or a word in a formula's scope: lower case, digits, `_`, `-`; at most 64."""


Names = Annotated[tuple[Name, ...], Field(min_length=1)]
Days = Annotated[int, Field(ge=1, le=3660)]

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A name that formulas and rules can use."""

MAX_WORD = 64


def _formula_word(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name, re.ASCII) or name.lower() in WORDS or len(name) > MAX_WORD:
        advice = "a letter, then letters, digits and _, and none of their own words"
        raise ValueError(f"{name[:MAX_WORD]!r} is no word that formulas can use: {advice}")
    return name


FormulaWord = Annotated[str, AfterValidator(_formula_word)]
"""What a customer's own attribute is called in formulas, and as a column of models."""

Title = Annotated[str, StringConstraints(pattern=r"^[^\W_][\w '’.,:()%&/-]{0,79}$")]
"""What people call a rule or a limit, shown in reasons and reports: one line of letters, digits and plain signs."""


Titles = Annotated[tuple[Title, ...], Field(min_length=1)]


def _one_line(text: str) -> str:
    """The text, if it can be shown in one line as it stands."""
    for sign in text:
        if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or sign in DIRECTION_SIGNS:
            raise ValueError(
                f"a name is one line without control or direction signs, and there is U+{ord(sign):04X} in it"
            )
    return text


DIRECTION_SIGNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Unseen signs that change the order in which a line is shown."""

Line = Annotated[str, StringConstraints(min_length=1), AfterValidator(_one_line)]
"""What an offer or channel is called, in files and reports: one line in letters of any script, signs and emoji."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _day(written: object) -> object:
    """A date, or the text of one; pydantic takes numbers for seconds since 1970."""
    if type(written) is date or (isinstance(written, str) and _DAY.fullmatch(written.strip())):
        return written
    raise ValueError("a day is written 2024-01-31")


Day = Annotated[date, BeforeValidator(_day)]

_VARIABLE = re.compile(r"\$(\{|[A-Za-z_])")


def _as_it_stands(path: Path) -> Path:
    """The path, if all of it stands there."""
    check_path(str(path))
    return path


def check_path(path: str) -> str:
    """The path of a file or folder, if it is whole as it stands.

    Raises:
        ValueError: it is empty, or has what a shell would replace.
    """
    if path in ("", "."):
        raise ValueError("the path of a folder or file is wanted")
    if path.startswith("~") or _VARIABLE.search(path):
        raise ValueError("~ and variables are not replaced in settings; write the whole path")
    return path


LocalPath = Annotated[Path, AfterValidator(_as_it_stands)]
"""A path of this machine."""


class Strict(BaseModel):
    """A frozen settings model: unknown keys, infinities and NaN are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_strip_whitespace=True)
