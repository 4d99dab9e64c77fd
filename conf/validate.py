"""Turns a document into a settings model, and pydantic's findings into `file:line` sentences."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from conf.errors import SettingsError, nearest
from conf.meant import misread
from conf.offers import WithParameters
from conf.yaml_file import Document, Location

Model = TypeVar("Model", bound=BaseModel)
MAX_SHOWN = 60
_OF_UNIONS = ("string_type", "int_", "float_", "decimal_", "bool_")
_PLAINLY = {
    "int_type": "a whole number is wanted",
    "int_parsing": "a whole number is wanted",
    "int_from_float": "a whole number is wanted",
    "decimal_type": "a number is wanted",
    "float_type": "a number is wanted",
    "bool_type": "true or false is wanted",
    "bool_parsing": "true or false is wanted",
}
"""Kind of a fault -> how it is told; the others are told in pydantic's words."""


def validate(document: Document, model: type[Model]) -> Model:
    """The document's data as `model`.

    Raises:
        SettingsError: one line per fault: file, line, key, what was found, the nearest valid name.
    """
    value: Model = _validated(document, model, TypeAdapter(model))
    return value


def validate_rows(document: Document, model: type[Model]) -> tuple[Model, ...]:
    """As `validate`, for a document that is a list of rows."""
    rows: tuple[Model, ...] = _validated(document, model, TypeAdapter(tuple[model, ...]))  # type: ignore[valid-type]
    return rows


def _validated(document: Document, model: type[BaseModel], adapter: TypeAdapter[Any]) -> Any:
    try:
        value = adapter.validate_python(document.data)
    except ValidationError as error:
        raise SettingsError(_sentences(document, model, error)) from None
    faults = [_told(document, location, message, found) for location, message, found in misread(document.data, value)]
    if faults:
        raise SettingsError("\n".join(faults))
    return value


def _sentences(document: Document, model: type[BaseModel], error: ValidationError) -> str:
    """One line per setting that is wrong; of a setting of several types, what each of them asks for."""
    faults = error.errors(include_url=False)
    groups = groupby(faults, key=lambda fault: (_steps(document, fault), fault["type"] == "missing"))
    return "\n".join(_sentence(document, model, list(same)) for _, same in groups)


def _sentence(document: Document, model: type[BaseModel], faults: list[ErrorDetails]) -> str:
    fault, *others = faults
    location = _steps(document, fault)
    at, key = f"{document.path}:{document.line(location)}", _key(document, location)
    if _is_cut_formula(document, location):
        return f"{at}: {_key(document, location[:-1])}: within {{ }} a formula with commas is put in quotes"
    if fault["type"] == "extra_forbidden":
        names = _fields(model, location[:-1])
        hint = nearest(str(location[-1]), names) or f"; known keys: {', '.join(names)}"
        return f"{at}: unknown key {key!r}{hint}"
    if fault["type"] == "missing":
        return f"{at}: {key!r} is missing"
    if others and all(each["type"].startswith(_OF_UNIONS) for each in faults):
        return _told(
            document, location, "a text, a number, true or false is wanted; a date is put in quotes", fault["input"]
        )
    if (
        fault["type"] == "float_parsing"
        and issubclass(model, WithParameters)
        and location[-1] not in model.model_fields
    ):
        hint = nearest(str(location[-1]), model.model_fields)
        further = f"input should be a valid number, since further columns are numbers for formulas{hint.rstrip('?')}"
        return _told(document, location, further, fault["input"])
    messages = dict.fromkeys(_PLAINLY.get(each["type"], each["msg"].removeprefix("Value error, ")) for each in faults)
    return _told(document, location, ", or ".join(messages), fault["input"])


def _is_cut_formula(document: Document, location: Location) -> bool:
    """Whether a key is the end of a formula that was cut at its comma: it has a bracket, and no value."""
    if not (location and isinstance(location[-1], str) and ")" in location[-1]):
        return False
    data = document.data
    for step in location:
        data = _inner_data(data, step)
    return data is None


def _told(document: Document, location: Location, message: str, found: object) -> str:
    value = str(found).lower() if isinstance(found, bool) else str(found)
    shown = "" if isinstance(found, Mapping | list | tuple | BaseModel) else f", found {value[:MAX_SHOWN]!r}"
    at = f"{document.path}:{document.line(location)}"
    return f"{at}: {_key(document, location)}: {message[0].lower()}{message[1:]}{shown}"


def _steps(document: Document, fault: ErrorDetails) -> Location:
    """Where a fault is, in the file's own keys: pydantic adds the types of a union, and words such as `[key]`."""
    data, steps = document.data, []
    for step in fault["loc"]:
        is_there = step in data if isinstance(data, dict) else isinstance(data, list) and step in range(len(data))
        if is_there:
            steps.append(step)
            data = data[step]
    if fault["type"] == "missing":
        steps.append(fault["loc"][-1])
    return tuple(steps)


def _key(document: Document, location: Location) -> str:
    """A setting as `--set` names it: items of lists by their `id` or `name` where they have one."""
    data, words = document.data, list[str]()
    for position, step in enumerate(location):
        data = _inner_data(data, step)
        called = data.get("id", data.get("name")) if isinstance(step, int) and isinstance(data, dict) else None
        is_about_its_name = len(location) == 2 and location[1:] == ("id",)  # noqa: PLR2004  of a row
        if isinstance(called, str) and called.isprintable() and len(called) <= MAX_SHOWN and not is_about_its_name:
            words.append(called)
        elif isinstance(step, str) or position or len(location) == 1:
            words.append(step if isinstance(step, str) and step.isprintable() else repr(step))
    return ".".join(words) or "the file"


def _inner_data(data: Any, step: str | int) -> Any:
    if isinstance(data, list) and isinstance(step, int):
        return data[step]
    return data.get(step) if isinstance(data, dict) else None


def _fields(model: type[BaseModel], location: Location) -> list[str]:
    """The keys that `model` knows at `location`."""
    kind: Any = model
    for step in location:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if step in kind.model_fields:
                kind = _inner(kind.model_fields[str(step)].annotation, step)
        else:
            kind = _inner(kind, step)
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return []
    return sorted(field.alias or name for name, field in kind.model_fields.items())


def _inner(kind: Any, step: str | int) -> Any:
    """The settings model inside an annotation: of `Consent | None`, `dict[str, Model]` or `tuple[Rule, ...]`."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    inner = [_inner(part, step) for part in get_args(kind)]
    return next((part for part in inner if part is not None), None)
