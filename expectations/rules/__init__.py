"""One file for each rule across tables; a new rule is a new file with a `RULE` in it."""

from collections.abc import Mapping
from functools import cache

from pyspark.sql import DataFrame

from conf.own_modules import own_modules
from expectations.figures import Rule
from expectations.reference import Reference
from expectations.suite import unmet


@cache
def all_rules() -> tuple[Reference, ...]:
    """Every rule declared in this folder, by file name."""
    return tuple(module.RULE for module in own_modules(__name__).values())


def check_across(frames: Mapping[str, DataFrame]) -> tuple[Rule, ...]:
    """The rules across tables that are broken, each with how many rows break it; one Spark job for each rule.

    Args:
        frames: table name -> frame; rules about a table that is not there do not apply.
    """
    judged = [rule.judge(frames) for rule in all_rules()]
    return unmet("across tables", [rule for rule in judged if rule is not None])
