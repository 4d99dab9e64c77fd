"""Turns a document into a settings model, and pydantic's findings into `file:line` sentences."""

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from conf.errors import SettingsError, nearest
from conf.yaml_file import Document, Location

Model = TypeVar("Model", bound=BaseModel)


def validate(document: Document, model: type[Model]) -> Model:
    """The document's data as `model`.

    Raises:
        SettingsError: one line per fault: file, line, key, what was found, the nearest valid name.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise SettingsError(_sentences(document, model, error)) from None


def validate_rows(document: Document, model: type[Model]) -> tuple[Model, ...]:
    """As `validate`, for a document that is a list of rows."""
    try:
        return TypeAdapter(tuple[model, ...]).validate_python(document.data)  # type: ignore[valid-type]
    except ValidationError as error:
        raise SettingsError(_sentences(document, model, error)) from None


def _sentences(document: Document, model: type[BaseModel], error: ValidationError) -> str:
    return "\n".join(_sentence(document, model, fault) for fault in error.errors(include_url=False))


def _sentence(document: Document, model: type[BaseModel], fault: ErrorDetails) -> str:
    location: Location = tuple(fault["loc"])
    at = f"{document.path}:{document.line(location)}"
    key = ".".join(str(step) for step in location) or "the file"
    if fault["type"] == "extra_forbidden":
        names = _fields(model, location[:-1])
        hint = nearest(str(location[-1]), names) or f"; known keys: {', '.join(names)}"
        return f"{at}: unknown key {key!r}{hint}"
    if fault["type"] == "missing":
        return f"{at}: {key!r} is missing"
    message = fault["msg"].removeprefix("Value error, ")
    value = fault["input"]
    shown = "" if isinstance(value, Mapping | list | BaseModel) else f", found {str(value)[:60]!r}"
    return f"{at}: {key}: {message[0].lower()}{message[1:]}{shown}"


def _fields(model: type[BaseModel], location: Location) -> list[str]:
    """The keys that `model` knows at `location`."""
    kind: Any = model
    for step in location:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if step in kind.model_fields:
                kind = _inner(kind.model_fields[str(step)].annotation, step)
        else:
            kind = _inner(kind, step)
    return sorted(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _inner(kind: Any, step: str | int) -> Any:
    """The settings model inside an annotation: of `Consent | None`, `dict[str, Model]` or `tuple[Rule, ...]`."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    inner = [_inner(part, step) for part in get_args(kind)]
    return next((part for part in inner if part is not None), None)
