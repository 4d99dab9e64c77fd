"""What pydantic turned into something else than was meant: booleans into numbers, numbers into booleans."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from conf.yaml_file import Location

SWITCHES = {"yes": True, "no": False, "on": True, "off": False, "true": True, "false": False}
NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?", re.ASCII | re.IGNORECASE)

Misread = tuple[Location, str, object]


def misread(data: Any, value: Any, location: Location = ()) -> Iterator[Misread]:
    """Every setting whose value is not what stands in the file: where, what is wanted, what was found.

    A switch in words (`yes`, `off`) is what is meant where true or false is wanted. It is written back into the data as
    that, since the auditor reads these.

    Args:
        data: plain data of a file.
        value: what pydantic made of them.
    """
    if not isinstance(data, dict | list):
        return
    for step, inner in list(data.items() if isinstance(data, dict) else enumerate(data)):
        made = _inside(value, step)
        if isinstance(made, bool) and isinstance(inner, str) and inner.lower() in SWITCHES:
            data[step] = made
        elif wanted := _wanted(inner, made):
            yield (*location, step), wanted, inner
        else:
            yield from misread(inner, made, (*location, step))


def _inside(value: Any, step: str | int) -> Any:
    if isinstance(value, BaseModel):
        return getattr(value, str(step), None)
    if isinstance(value, dict):
        return value.get(step)
    is_item = isinstance(value, tuple | list) and isinstance(step, int) and step < len(value)
    return value[step] if is_item else None


def _wanted(written: object, made: object) -> str:
    """What should have been written; empty where it is what was made of it."""
    if isinstance(made, bool):
        return "" if isinstance(written, bool) else "true or false is wanted"
    if not isinstance(made, int | float | Decimal):
        return ""
    if isinstance(written, bool):
        return "a whole number is wanted" if isinstance(made, int) else "a number is wanted"
    is_number = not isinstance(written, str) or NUMBER.fullmatch(written.strip().removesuffix("%").strip())
    return "" if is_number else "a number is written in the digits 0 to 9, with a point before its decimals"
