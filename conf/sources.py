"""sources.yaml: where each source table lies and which of its columns mean what."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from conf.strict import FormulaWord, Strict, Word, check_path

DATE_LETTERS = {
    "y": (2, 4),
    "M": (1, 2, 3),
    "d": (1, 2),
    "H": (1, 2),
    "h": (1, 2),
    "a": (1,),
    "m": (1, 2),
    "s": (1, 2),
    "S": tuple(range(1, 10)),
    "X": (1, 2, 3),
    "x": (1, 2, 3),
}
"""Letter of a date pattern -> how often it may stand there. Night and auditor read these and no others."""
DATE_PIECES = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|.")
LAST_OF_JAVA = 0xFFFF
"""Signs beyond are two for Java."""
ADVICE = "write it as dd.MM.yyyy or yyyy-MM-dd HH:mm:ss"


def _date_format(pattern: str) -> str:
    """A pattern that says a whole day, in letters that mean what their writer thinks.

    Raises:
        ValueError: it does not.
    """
    if "%" in pattern:
        raise ValueError(f"{pattern!r} is in the letters of strftime; {ADVICE}")
    runs = [match[0] for match in DATE_PIECES.finditer(pattern) if match[1]]
    letters = {run[0] for run in runs}
    for run in runs:
        if len(run) not in DATE_LETTERS.get(run[0], ()):
            meant = {"Y": "yyyy: the year (YYYY is that of the week)", "D": "dd: the day of the month"}
            hint = meant.get(run[0], "the letters are yyyy MM dd HH (or hh and a) mm ss SSS XXX")
            raise ValueError(f"{pattern!r} has {run!r}, which is not read; {hint}")
    if "m" in letters and not letters & set("Hh"):
        raise ValueError(f"{pattern!r} has minutes and no hours; months are MM")
    if not {"y", "M", "d"} <= letters:
        raise ValueError(f"{pattern!r} does not say year, month and day; {ADVICE}")
    if ("h" in letters) != ("a" in letters):
        raise ValueError(f"{pattern!r}: hh is an hour of half a day and needs a (AM or PM); hours from 0 to 23 are HH")
    if len(runs) > len(letters):
        raise ValueError(f"{pattern!r} says something twice")
    if {"'", "[", "]", "{", "}", "#"} & {match[0] for match in DATE_PIECES.finditer(pattern)}:
        raise ValueError(f"{pattern!r} has an open quote or one of [ ] {{ }} #, which mean something else there")
    return pattern


def _separator(sign: str) -> str:
    """One sign that can part cells.

    Raises:
        ValueError: it cannot.
    """
    if sign.isalnum() or sign in '"\r\n\0' or ord(sign) > LAST_OF_JAVA:
        raise ValueError(f"{sign!r} cannot part the cells of a line")
    return sign


Separator = Annotated[
    str, StringConstraints(strip_whitespace=False, min_length=1, max_length=1), AfterValidator(_separator)
]
DateFormat = Annotated[str, AfterValidator(_date_format)]

SourceName = Literal["customers", "transactions", "products", "contacts", "responses", "consents", "events"]


class Source(Strict):
    """One source table.

    Attributes:
        path: a Parquet or CSV file or folder; globs allowed.
        format: `whitespace` is a text table whose fields are separated by runs of blanks.
        columns: our column -> their column.
        constants: our column -> one value for every row, for what their table does not say.
        time_zone: the zone of time stamps that name none; by default the deployment's.
        date_format: how dates are written in text files, in Spark's letters (`yyyyMMdd`).
        max_unknown_share: transactions, contacts, responses: which share of the rows may name no known customer.
        max_age_days: the newest row must be dated at most so many days before the decision date.
        min_rows: fewer stop the night; by default the contract's own minimum.
        max_shrink_share, max_growth_share: by which share the rows may be fewer or more than usual: than the median of
            the last nights. None: by any.
        distinct: keep one of equal rows: for a customer list that is taken from the transactions.
        attributes: customers only: further columns that models and rules may use, and their type.
    """

    path: Annotated[str, AfterValidator(check_path)]
    format: Literal["parquet", "csv", "whitespace"] = "parquet"
    separator: Separator = ","
    columns: Annotated[dict[str, str], Field(min_length=1)]
    constants: dict[str, str | int | float | bool] = {}
    time_zone: str | None = None
    date_format: DateFormat | None = None
    max_age_days: Annotated[int, Field(ge=1)] | None = None
    min_rows: Annotated[int, Field(ge=0)] | None = None
    max_shrink_share: Annotated[float, Field(ge=0, le=1)] | None = 0.5
    max_growth_share: Annotated[float, Field(ge=0)] | None = 0.9
    max_unknown_share: Annotated[float, Field(ge=0, le=1)] | None = 0.2
    distinct: bool = False
    attributes: dict[FormulaWord, Literal["text", "number"]] = {}

    @field_validator("attributes")
    @classmethod
    def _differ_by_more_than_case(cls, attributes: dict[str, str]) -> dict[str, str]:
        by_letters: dict[str, str] = {}
        for name in attributes:
            other = by_letters.setdefault(name.casefold(), name)
            if other != name:
                raise ValueError(f"{other!r} and {name!r} differ in case alone, which tables do not tell apart")
        return attributes

    @model_validator(mode="after")
    def _said_once(self) -> "Source":
        twice = sorted(set(self.columns) & set(self.constants))
        if twice:
            raise ValueError(f"{twice[0]!r} is both a column and a constant")
        return self


class Waves(Source):
    """Contacts or responses: campaigns make them come in waves, so by default no growth is too much."""

    max_growth_share: Annotated[float, Field(ge=0)] | None = None


class Events(Waves):
    """What else happened to customers.

    Attributes:
        kinds: the kinds of which features are made, as formulas name them -> the words that stand for them in the
            column `kind`. Events of other kinds are read and counted, and nothing is made of them.
    """

    kinds: Annotated[dict[Word, Annotated[tuple[str, ...], Field(min_length=1)]], Field(min_length=1)]


class Answers(Source):
    """Consents: deployment.yaml limits how far they may shrink."""

    max_shrink_share: None = None


class Sources(Strict):
    """The whole of sources.yaml; a table that is not named is empty."""

    customers: Source
    transactions: Source | None = None
    products: Source | None = None
    contacts: Waves | None = None
    responses: Waves | None = None
    consents: Answers | None = None
    events: Events | None = Field(default=None, exclude_if=lambda source: source is None)

    def get(self, name: SourceName) -> Source | None:
        """The source of this name, None where the deployment has none."""
        source: Source | None = getattr(self, name)
        return source
