"""How a feature is declared, and the list of all that are."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from conf.own_modules import own_modules
from models.features.expressions import Aggregate, Expression, Share, aggregates_of
from models.histories import CATEGORY_LINES, History

Unit = Literal["days", "baskets", "money", "categories", "lines", "contacts", "responses", "events", "share", "ratio"]
Grain = Literal["customer", "customer × category"]

WEEKDAY = "weekday"
"""A column of every history: 1 is Monday, 7 is Sunday."""


@dataclass(frozen=True)
class Feature:
    """One column of the feature table.

    Attributes:
        family: the file it is declared in.
        unit: of the value; money is aggregated in millionths and comes out in units of the currency.
        window_days: rows older than this do not count; None: all history.
        if_none: the value where nothing is known; None: missing, which LightGBM treats as its own case.
        worked: rows and what the feature is of them, by hand; see docs/features.md for how to read them.
        by_default: whether models take it that do not say which features they take.
    """

    name: str
    family: str
    history: History
    value: Expression
    unit: Unit
    window_days: int | None
    if_none: float | None
    grain: Grain
    meaning: str
    worked: tuple[str, ...] = ()
    by_default: bool = True

    @property
    def is_per_category(self) -> bool:
        """Whether it describes a customer in a category; else the customer alone."""
        return self.grain == "customer × category"

    @property
    def stem(self) -> str:
        """Its name without the window."""
        return self.name if self.window_days is None else self.name.removesuffix(f"_{self.window_days}d")

    def data(self) -> dict[str, Any]:
        """What the feature is, as JSON has it: what the auditor reads and a model remembers the hash of."""
        return {
            "name": self.name,
            "history": self.history.name,
            "grain": self.grain,
            "window_days": self.window_days,
            "value": self.value.data(),
            "unit": self.unit,
            "if_none": self.if_none,
        }


_declared: dict[str, Feature] = {}


def feature(
    name: str,
    history: History,
    value: Expression,
    meaning: str,
    *,
    family: str,
    unit: Unit,
    windows: Sequence[int | None] = (None,),
    if_none: float | None = None,
    grain: Grain | None = None,
    worked: Sequence[str] = (),
    by_default: bool = True,
) -> None:
    """Declare a feature, once per window: `spend` with windows (30, 90) becomes `spend_30d` and `spend_90d`.

    Args:
        name: without the window.
        history: the rows it aggregates; customer × category where that is CATEGORY_LINES and `grain` says nothing else.
        value: what is made of them.
        meaning: a sentence for people.
        family: the section of docs/features.md; `declared_in` fills it in.
        unit: see Feature.
        windows: days of history; None for all of it.
        if_none: the value where the customer has no such rows; by default missing.
        grain: what a row of the feature is about.
        by_default: whether models take it that do not say which features they take.
        worked: rows and their values, one per window; a test works each of them out again, in Spark and by the auditor.

    Raises:
        ValueError: the name is taken, or the expression cannot be made of the history.
    """
    own_grain: Grain = "customer × category" if history is CATEGORY_LINES else "customer"
    for days in windows:
        full = name if days is None else f"{name}_{days}d"
        of_what = (unit, days, if_none, grain or own_grain)
        made = Feature(full, family, history, value, *of_what, meaning, tuple(worked), by_default)
        if full in _declared:
            raise ValueError(f"two features are called {full!r}: in {_declared[full].family} and {family}")
        check_expression(made)
        _declared[full] = made


def declared_in(file: str) -> "partial[None]":
    """Return `feature` with the family that the file is named for."""
    return partial(feature, family=Path(file).stem)


def check_expression(made: Feature) -> None:
    """Hold the expression against what the history has and its grain can be made of.

    Raises:
        ValueError: they do not fit.
    """
    for aggregate in aggregates_of(made.value):
        for column in aggregate.columns():
            if column not in {*made.history.columns, WEEKDAY}:
                there = ", ".join(made.history.columns)
                raise ValueError(f"{made.name}: {made.history.name} has no column {column!r}; it has {there}")
        if aggregate.windows != 1 and made.window_days is None:
            raise ValueError(f"{made.name}: a multiple of the window needs a window")
    if made.history is CATEGORY_LINES and not made.is_per_category and not _adds_up(made.value):
        raise ValueError(f"{made.name}: of all categories together only sums, counts and distinct categories are made")
    if isinstance(made.value, Share) and (made.value.of.primitive not in ("sum", "count") or not made.is_per_category):
        raise ValueError(f"{made.name}: a share is a category's part of a sum or a count")


def _adds_up(value: Expression) -> bool:
    """Whether the values of a customer's categories add up to the customer's."""
    match value:
        case Aggregate("sum" | "count") | Aggregate("distinct", "category"):
            return True
    return False


def all_features() -> tuple[Feature, ...]:
    """Every declared feature, by name."""
    own_modules("models.features")
    return tuple(_declared[name] for name in sorted(_declared))


def as_json(features: Collection[Feature]) -> bytes:
    """The declarations by name: the same bytes for the same meaning."""
    facts = [declared.data() for declared in sorted(features, key=lambda declared: declared.name)]
    return (json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def fingerprint(names: Collection[str]) -> str:
    """SHA-256 of what the declared features of these names mean."""
    return hashlib.sha256(as_json([declared for declared in all_features() if declared.name in names])).hexdigest()
