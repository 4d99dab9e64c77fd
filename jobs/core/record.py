"""JSON files that we write and read back, as types: one class declares the content of a file."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _as_date(day: object) -> object:
    return date.fromisoformat(day) if isinstance(day, str) else day


Day = Annotated[date, BeforeValidator(_as_date)]
"""A date, in the file as text: 2026-11-21."""


def _is_text(amount: object) -> object:
    if isinstance(amount, int | float):
        raise ValueError("an amount is text, so that it is exact")  # noqa: TRY004  pydantic wants this class
    return amount


Amount = Annotated[Decimal, Field(strict=False), BeforeValidator(_is_text)]
"""Money in the currency, exact, in the file as text: "513.42104"."""


class Record(BaseModel):
    """An object of such a file: frozen, without coercion; a key that it does not name is an error.

    A field with a default may be absent from the file. One that was not given is not written.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def plain(self) -> dict[str, Any]:
        """The fields that were given, as plain data: dates and amounts as text."""
        return self.model_dump(mode="json", exclude_unset=True)


def schema_text(record: type[Record]) -> str:
    """The JSON Schema of what is written, as the text of a file."""
    schema: Mapping[str, Any] = {"$schema": SCHEMA_DIALECT, **record.model_json_schema(mode="serialization")}
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"
