"""How a feature is declared, and the list of all that are."""

import hashlib
import inspect
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from pyspark.sql import Column
from pyspark.sql import functions as F

from conf.own_modules import own_modules
from models.histories import CATEGORY_LINES, History
from models.windowed import Rows

Unit = Literal["days", "baskets", "money", "categories", "lines", "contacts", "responses", "share", "ratio"]


Aggregate = Callable[[Rows], Column]

Across = Literal["share", "sum"]


@dataclass(frozen=True)
class Feature:
    """One column of the feature table.

    Attributes:
        window_days: rows older than this do not count; None: all history.
        if_none: the value where nothing is known; None: missing, which LightGBM treats as its own case.
        across: of a customer's categories: each one's "share" of their sum, or the "sum" as a fact of the customer.
    """

    name: str
    family: str
    history: History
    unit: Unit
    window_days: int | None
    if_none: float | None
    across: Across | None
    meaning: str
    aggregate: Aggregate

    @property
    def is_per_category(self) -> bool:
        """Whether it describes a customer in a category; else the customer alone."""
        return self.history is CATEGORY_LINES and self.across != "sum"

    def column(self) -> Column:
        """The aggregate over the grouped history; sums of money stay int64 millionths."""
        return self.aggregate(Rows(self.history, self.window_days)).alias(self.name)


_declared: dict[str, Feature] = {}


def feature(
    history: History,
    *,
    unit: Unit,
    windows: Sequence[int | None] = (None,),
    if_none: float | None = None,
    across: Across | None = None,
) -> Callable[[Aggregate], Aggregate]:
    """Declare a feature, once per window: `spend` with windows (30, 90) becomes `spend_30d` and `spend_90d`.

    Args:
        history: the rows it aggregates; customer x category where that is CATEGORY_LINES.
        unit: of the value; money is aggregated in millionths and comes out in units of the currency.
        windows: days of history; None for all of it.
        if_none: the value where the customer has no such rows; missing where not said.
        across: what to make of the values of a customer's categories, see Feature.
    """

    def declare(aggregate: Aggregate) -> Aggregate:
        what, family = aggregate.__name__, aggregate.__module__.rsplit(".", 1)[-1]
        for days in windows:
            name = what if days is None else f"{what}_{days}d"
            if name in _declared:
                raise ValueError(f"two features are called {name!r}: in {_declared[name].family} and {family}")
            meaning = (aggregate.__doc__ or "").strip()
            _declared[name] = Feature(name, family, history, unit, days, if_none, across, meaning, aggregate)
        return aggregate

    return declare


def all_features() -> tuple[Feature, ...]:
    """Every declared feature, by name."""
    own_modules("models.features")
    return tuple(_declared[name] for name in sorted(_declared))


def ratio(above: Column, below: Column) -> Column:
    """`above / below` of two aggregates; missing where `below` is 0."""
    return F.try_divide(above.cast("double"), below.cast("double"))


def fingerprint(names: Collection[str]) -> str:
    """SHA-256 of what the declared features of these names mean: their windows, defaults and code."""
    used = [one for one in all_features() if one.name in names]
    facts = [(one.name, one.window_days, one.if_none, one.across, inspect.getsource(one.aggregate)) for one in used]
    return hashlib.sha256(repr(facts).encode()).hexdigest()
