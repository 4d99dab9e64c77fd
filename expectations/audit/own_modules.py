"""Finds what registers itself; the auditor's own, as all it uses."""

import errno
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def own_modules(package: str) -> list[ModuleType]:
    """Every module of a package, imported.

    Raises:
        OSError: none is found. pkgutil takes a folder that cannot be read for an empty one, and an audit of nothing
            finds nothing.
    """
    names = [module.name for module in iter_modules(import_module(package).__path__)]
    if not names:
        raise OSError(errno.EIO, f"the modules of {package} cannot be listed")
    return [import_module(f"{package}.{name}") for name in names]
