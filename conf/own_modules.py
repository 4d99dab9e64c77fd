"""Finds what registers itself: the modules of a package."""

import errno
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def own_modules(package: str) -> dict[str, ModuleType]:
    """Every module of a package, imported, by name.

    Raises:
        OSError: none is found. pkgutil takes a folder that cannot be read for an empty one.
    """
    names = sorted(module.name for module in iter_modules(import_module(package).__path__))
    if not names:
        raise OSError(errno.EIO, f"the modules of {package} cannot be listed")
    return {name: import_module(f"{package}.{name}") for name in names}
