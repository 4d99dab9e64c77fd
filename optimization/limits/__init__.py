"""The kinds of limit: one file each, found by scanning this package."""

from __future__ import annotations

from types import ModuleType

from conf.limit import Limit
from conf.own_modules import own_modules
from optimization.row import Row


def kinds() -> dict[str, ModuleType]:
    """Name of the kind -> its file, which says `rows(limit)`."""
    return own_modules(__name__)


def kind_of(limit: Limit) -> str:
    """The name of the one kind that the limit states."""
    return next(name for name in kinds() if getattr(limit, name) is not None)


def rows_of(limit: Limit) -> tuple[Row, ...]:
    """The integer inequalities that say the same as the limit.

    Raises:
        BadInput: a bound that cannot be stated in whole units.
    """
    rows: tuple[Row, ...] = kinds()[kind_of(limit)].rows(limit)
    return rows
