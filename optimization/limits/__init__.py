"""The kinds of limit: one file each, found by scanning this package."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from conf.limit import Limit
from optimization.row import Row


def kinds() -> dict[str, ModuleType]:
    """Name of the kind -> its file, which says `rows(limit)`."""
    return {found.name: import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)}


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
