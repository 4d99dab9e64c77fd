"""Runs every check over the evidence."""

import inspect
from collections.abc import Callable, Iterator

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.own_modules import own_modules

Check = Callable[[Evidence], Iterator[Breach]]


def audit(evidence: Evidence) -> list[Breach]:
    """Everything that is wrong with the set; empty when all checks hold."""
    return [breach for check in all_checks() for breach in findings(check, evidence)]


def findings(check: Check, evidence: Evidence) -> list[Breach]:
    """What one check says; evidence too damaged to be looked at is a breach, not an end of the audit."""
    breaches: list[Breach] = []
    try:
        breaches.extend(check(evidence))
    except Exception as error:  # whatever a damaged file makes its reader raise
        # The error's own text may hold a customer's values: its class is all that is repeated.
        breaches.append(Breach(check.__name__, f"cannot be checked: {type(error).__name__}", 1))
    return breaches


def all_checks() -> list[Check]:
    """Every public function of every file in `checks`, by name."""
    modules = own_modules("expectations.audit.checks")
    functions = [
        function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]
    return sorted(functions, key=lambda function: function.__name__)
