"""One file for each table; a new table is a new file with a `TABLE` in it."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from expectations.table import Table


@cache
def all_tables() -> tuple[Table, ...]:
    """Every table declared in this folder, by name.

    Raises:
        ValueError: a file is not named for its table.
    """
    tables = []
    for name in sorted(module.name for module in iter_modules(__path__)):
        one: Table = import_module(f"{__name__}.{name}").TABLE
        if one.name != name:
            raise ValueError(f"expectations/tables/{name}.py declares {one.name!r}; a file is named for its table")
        tables.append(one)
    return tuple(tables)


def table(name: str) -> Table:
    """The table of this name.

    Raises:
        KeyError: there is none; names those there are.
    """
    tables = {one.name: one for one in all_tables()}
    if name not in tables:
        raise KeyError(f"no table {name!r}; tables: {', '.join(tables)}")
    return tables[name]
