"""Finds what the auditor knows of a feature by its name."""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from optimization.audit.own_modules import own_modules
from optimization.audit.person import Person, Value

NAME = re.compile(r"(.+?)(?:_([1-9][0-9]*)d)?")


@dataclass(frozen=True)
class Definition:
    """A feature's meaning in one window."""

    meaning: Callable[..., Value]
    days: int | None

    def of(self, person: Person, *category: str) -> Value:
        """The value for a person, in a category where it is per category."""
        return self.meaning(person, self.days, *category)


@lru_cache(maxsize=512)
def definition_of(feature: str) -> Definition | None:
    """What the feature of this name means; None where the auditor does not know it."""
    matched = NAME.fullmatch(feature)
    meaning = _meanings().get(matched[1]) if matched else None
    days = matched[2] if matched else None
    return Definition(meaning, int(days) if days else None) if meaning else None


def without_definition(features: Iterable[str]) -> list[str]:
    """The names that mean nothing to the auditor, in order."""
    return sorted(one for one in features if definition_of(one) is None)


@lru_cache(maxsize=1)
def _meanings() -> dict[str, Callable[..., Value]]:
    modules = own_modules("optimization.audit.features")
    return {
        name: function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
    }
