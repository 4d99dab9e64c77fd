"""The only client of great-expectations: it judges figures that Spark has counted."""

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from expectations.figures import Rule

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.datasource.fluent.interfaces import Batch


def unmet(name: str, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules whose figures are out of bounds, each with the figure that great-expectations observed.

    It validates one row of figures and never the table: on Spark it would start jobs for each expectation, and its
    row expectations pass on a table without rows. First it says only yes or no; what failed is then asked for again
    with its figure.

    Args:
        name: of the suite: the table's.
        rules: no two of one name.
    """
    batch = _one_row({rule.name: rule.figure for rule in rules})
    answer = batch.validate(_suite(name, rules), result_format="BOOLEAN_ONLY")
    if answer.success:
        return ()
    failed = {_figure_of(result) for result in answer.results if not result.success}
    broken = [rule for rule in rules if rule.name in failed]
    summary = batch.validate(_suite(name, broken), result_format="SUMMARY")
    observed = {_figure_of(result): int(result.result["observed_value"]) for result in summary.results}
    return tuple(replace(rule, figure=observed[rule.name]) for rule in broken)


def _figure_of(result: "ExpectationValidationResult") -> str:
    return str(result.expectation_config.kwargs["column"])


def _suite(name: str, rules: Sequence[Rule]) -> "ExpectationSuite":
    gx = _great_expectations()
    bounded = gx.expectations.ExpectColumnMaxToBeBetween
    expectations = [bounded(column=column.name, min_value=column.minimum, max_value=column.maximum) for column in rules]
    return gx.ExpectationSuite(name=name, expectations=expectations)


def _one_row(figures: Mapping[str, int]) -> "Batch":
    import pandas as pd  # noqa: PLC0415

    frame = pd.DataFrame({name: [figure] for name, figure in figures.items()}, dtype="int64")
    return _batch_definition().get_batch(batch_parameters={"dataframe": frame})


@cache
def _batch_definition() -> "BatchDefinition":
    """One context in memory for the whole process: nothing is written and no account is asked."""
    context = _great_expectations().get_context(mode="ephemeral")
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("figures").add_dataframe_asset("one_row")
    return asset.add_batch_definition_whole_dataframe("whole")


@cache
def _great_expectations() -> ModuleType:
    """The library, imported when first needed: that takes seconds. It would report its use over the network."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it imports modules that Python has deprecated
        return import_module("great_expectations")
