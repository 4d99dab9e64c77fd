"""The declaration of a table: what it means, what it holds and what is done when it does not hold that."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pyspark.sql.types import StructField, StructType

from expectations.types import SPARK_TYPES, Type

Severity = Literal["stop", "quarantine", "warn"]
"""What a breach does: the night stops; the rows are set aside and counted; it is said and the night goes on."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        meaning: what it says, for a reader who does not know the code.
        unit: of a number; money and quantities have theirs by type.
        nullable: whether it may be null; a text that may not be null may not be blank either.
        is_required: whether the table must have the column at all.
        minimum, maximum: bounds of the value, ends included; of each value where there are several. Millionths for
            money and quantities.
        allowed: the only values it may take, null aside.
        on_breach: what is done with rows that break one of these. Only a required column can set rows aside.
    """

    name: str
    type: Type
    meaning: str
    unit: str | None = None
    nullable: bool = False
    is_required: bool = True
    minimum: float | date | None = None
    maximum: float | date | None = None
    allowed: tuple[str, ...] | None = None
    on_breach: Severity = "stop"

    def __post_init__(self) -> None:
        if self.on_breach == "quarantine" and not self.is_required:
            raise ValueError(f"column {self.name!r} may be absent, so no row can be set aside for it")


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        meaning: what one row is.
        key: columns whose values together occur once; empty where rows have no key.
        further: what columns beyond the declared ones may be, by type; empty: there may be none. Their names are not
            known here, so theirs is not looked at.
        min_rows: fewer stop the night; 0 where the table may be empty.
        max_quarantine_share: more rows set aside than this share of all stop the night: then it is the feed, not a row.
        on_duplicate: what is done when a key occurs twice; which of the rows is right cannot be known, so none is set
            aside.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    further: tuple[Column, ...] = ()
    min_rows: int = 1
    max_quarantine_share: float = 0.2
    on_duplicate: Literal["stop", "warn"] = "stop"

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names):
            raise ValueError(f"table {self.name!r} declares a column twice")
        if not set(self.key) <= set(names):
            raise ValueError(f"table {self.name!r} has a key column that it does not declare")

    @property
    def may_be_empty(self) -> bool:
        """Whether no rows at all are a right answer."""
        return self.min_rows == 0

    @property
    def may_have_further_columns(self) -> bool:
        """Whether columns that are not declared may be there."""
        return bool(self.further)

    def schema(self) -> StructType:
        """The declared columns as Spark's types, in order."""
        return StructType(
            [StructField(column.name, SPARK_TYPES[column.type], column.nullable) for column in self.columns]
        )
