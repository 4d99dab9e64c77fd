"""sources.yaml: where each source table lies and which of its columns mean what."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from conf.strict import FormulaWord, Strict, check_path

SourceName = Literal["customers", "transactions", "products", "contacts", "responses", "consents"]


class Source(Strict):
    """One source table.

    Attributes:
        path: a Parquet or CSV file or folder; globs allowed.
        format: `whitespace` is a text table whose fields are separated by runs of blanks.
        columns: our column -> their column.
        constants: our column -> one value for every row, for what their table does not say.
        time_zone: the zone of time stamps that name none; by default the deployment's.
        date_format: how dates are written in text files, in Spark's letters (`yyyyMMdd`).
        max_age_days: the newest row must be dated at most so many days before the decision date.
        min_rows: fewer stop the night; by default the contract's own minimum.
        max_shrink_share, max_growth_share: by which share the rows may be fewer or more than usual: than the median of
            the last nights. None: by any.
        distinct: keep one of equal rows: for a customer list that is taken from the transactions.
        attributes: customers only: further columns that models and rules may use, and their type.
    """

    path: Annotated[str, AfterValidator(check_path)]
    format: Literal["parquet", "csv", "whitespace"] = "parquet"
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ","
    columns: Annotated[dict[str, str], Field(min_length=1)]
    constants: dict[str, str | int | float | bool] = {}
    time_zone: str | None = None
    date_format: str | None = None
    max_age_days: Annotated[int, Field(ge=1)] | None = None
    min_rows: Annotated[int, Field(ge=0)] | None = None
    max_shrink_share: Annotated[float, Field(ge=0, le=1)] | None = 0.5
    max_growth_share: Annotated[float, Field(ge=0)] | None = 0.9
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

    def get(self, name: SourceName) -> Source | None:
        """The source of this name, None where the deployment has none."""
        source: Source | None = getattr(self, name)
        return source
