"""Finds what the auditor knows of a feature by its name."""

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import isclose

import pyarrow.dataset as ds

from expectations.audit import features
from expectations.audit.evidence import Evidence
from expectations.audit.micros import MICROS
from expectations.audit.person import Money, Person, Value

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
    return {
        name: function
        for name, function in inspect.getmembers(features, inspect.isfunction)
        if function.__module__ == features.__name__
    }


CLOSE = 1e-9


def is_same(stored: float | None, value: Value) -> bool:
    """Whole numbers and money must be the same, ratios to a part in a thousand million."""
    if stored is None or value is None:
        return stored is value
    if isinstance(value, Fraction):
        return isclose(stored, value, rel_tol=CLOSE, abs_tol=0)
    return stored == (value.millionths / MICROS if isinstance(value, Money) else value)


CATEGORIES, CATEGORY = "categories", "category"
"""The column with a customer's categories, and their name in it."""


@dataclass(frozen=True)
class FeatureNames:
    """The columns of a feature table by what they are about."""

    of_customer: Sequence[str]
    of_category: Sequence[str]
    attributes: Sequence[str]
    has_categories: bool


def features_in(evidence: Evidence) -> FeatureNames:
    """The columns of the table of the night."""
    schema = ds.dataset(evidence.features_folder, format="parquet").schema
    has_categories = CATEGORIES in schema.names
    packed = [one.name for one in schema.field(CATEGORIES).type.value_type] if has_categories else []
    others = {"customer_id", CATEGORIES, *evidence.attributes}
    return FeatureNames(
        [name for name in schema.names if name not in others],
        [name for name in packed if name != CATEGORY],
        list(evidence.attributes),
        has_categories,
    )


def not_rederived(evidence: Evidence) -> list[str]:
    """Features of the table that the auditor has no definition of: nobody has looked at their values."""
    names = features_in(evidence)
    return without_definition([*names.of_customer, *names.of_category])
