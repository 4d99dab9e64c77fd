"""One file for each rule across tables; a new rule is a new file with a `RULE` in it."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from pyspark.sql import DataFrame

from expectations.figures import Rule
from expectations.reference import Reference
from expectations.suite import unmet


@cache
def all_rules() -> tuple[Reference, ...]:
    """Every rule declared in this folder, by file name."""
    names = sorted(module.name for module in iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}").RULE for name in names)


def check_across(frames: Mapping[str, DataFrame]) -> tuple[Rule, ...]:
    """The rules across tables that are broken, each with how many rows break it; one Spark job for each rule.

    Args:
        frames: table name -> frame; rules about a table that is not there do not apply.
    """
    judged = [rule.judge(frames) for rule in all_rules()]
    return unmet("across tables", [rule for rule in judged if rule is not None])
