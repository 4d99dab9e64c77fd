"""One file for each table; a new table is a new file with a `TABLE` in it."""

from functools import cache

from conf.own_modules import own_modules
from expectations.table import Table


@cache
def all_tables() -> tuple[Table, ...]:
    """Every table declared in this folder, by name.

    Raises:
        ValueError: a file is not named for its table.
    """
    tables = []
    for name, module in own_modules(__name__).items():
        declared: Table = module.TABLE
        if declared.name != name:
            raise ValueError(f"expectations/tables/{name}.py declares {declared.name!r}; a file is named for its table")
        tables.append(declared)
    return tuple(tables)


def table(name: str) -> Table:
    """The table of this name.

    Raises:
        KeyError: there is none; names those there are.
    """
    tables = {table.name: table for table in all_tables()}
    if name not in tables:
        raise KeyError(f"no table {name!r}; tables: {', '.join(tables)}")
    return tables[name]
