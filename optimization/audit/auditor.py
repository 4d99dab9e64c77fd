"""Runs every check over the evidence."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator

import optimization.audit.checks
from optimization.audit.evidence import Breach, Evidence

Check = Callable[[Evidence], Iterator[Breach]]


def audit(evidence: Evidence) -> list[Breach]:
    """Everything that is wrong with the set; empty when all checks hold."""
    return [breach for check in all_checks() for breach in check(evidence)]


def all_checks() -> list[Check]:
    """Every public function of every file in `checks`, by name."""
    package = optimization.audit.checks
    modules = [
        importlib.import_module(f"{package.__name__}.{one.name}") for one in pkgutil.iter_modules(package.__path__)
    ]
    found = [
        function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]
    return sorted(found, key=lambda function: function.__name__)
