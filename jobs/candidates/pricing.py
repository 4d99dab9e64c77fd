"""Pricing and pair rules: value, cost and propensity of a customer's option, and the rules that read option columns."""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.expressions import Expression
from conf.expressions.to_spark import to_column
from conf.micros import MICROS
from conf.models import PropensityFor
from conf.policy import Rule
from conf.settings import Settings
from jobs.candidates.bitset import to_bitset
from jobs.candidates.bitset_columns import literal, meets, word_columns
from jobs.candidates.category_features import of_the_option
from jobs.candidates.formulas import Formulas
from jobs.candidates.layout import Reason
from jobs.candidates.options import Option
from jobs.candidates.row_rules import is_of_customer, is_stopped
from jobs.candidates.unknown_customers import NOTHING_KNOWN, is_for_want_of_history

LARGEST = 2**53
"""Micros up to which a double is exact; a formula that comes to more says something that nobody meant."""


@dataclass(frozen=True)
class OptionBlock:
    """One reason, and whether it blocks the option of a row."""

    reason: Reason
    condition: Column


def in_currency(customers: DataFrame, settings: Settings) -> DataFrame:
    """The money scores as formulas read them."""
    kinds = dict(customers.dtypes)
    scores = [model.score for model in settings.models.models.values()]
    return customers.withColumns({score: F.col(score) / MICROS for score in scores if kinds[score] == "bigint"})


def priced(crossed: DataFrame, settings: Settings, formulas: Formulas) -> DataFrame:
    """Adds to people × options: propensity, value and cost in micros; scores by category become the option's own.

    Args:
        crossed: a customer's and an option's columns, money scores in currency units.
    """
    kinds = dict(crossed.dtypes)
    scores = [model.score for model in settings.models.models.values()]
    of_category = {
        score: F.try_element_at(score, F.col("category")) for score in scores if kinds[score].startswith("map")
    }
    of_category |= of_the_option(crossed)
    scored = crossed.withColumns(of_category).withColumn("propensity", _propensity(settings))
    value = _money(formulas.value, formulas.value_of_offer)
    return scored.withColumns({"value": _once(value), "cost": _once(_money(formulas.cost, formulas.cost_of_offer))})


def blocks_of_options(customers: DataFrame, formulas: Formulas, options: Sequence[Option]) -> list[OptionBlock]:
    """What can block a priced option that no customer block covers.

    A value that is not known does; one that is negative does not, because a minimum volume may need it.
    """
    asked = [(rule, tree) for rule, tree in formulas.rules if not is_of_customer(tree, customers)]
    is_unknown = F.col("value").isNull() | F.col("cost").isNull()
    named = [
        *(
            (Reason("rules", rule.name), _speaks(rule, options), is_stopped(rule, tree), to_column(tree))
            for rule, tree in asked
        ),
        (Reason("value", "its value or cost is not known"), F.lit(True), is_unknown, F.when(~is_unknown, F.lit(True))),
    ]
    blocks = list[OptionBlock]()
    for reason, speaks, is_stopping, answer in named:
        for_want = is_for_want_of_history(customers, answer)
        holds = is_stopping if for_want is None else is_stopping & ~for_want
        blocks.append(OptionBlock(reason, speaks & holds))
        if for_want is not None:
            blocks.append(OptionBlock(Reason(reason.stage, NOTHING_KNOWN), speaks & is_stopping & for_want))
    below_zero = F.coalesce(F.col("cost") < 0, F.lit(False))
    return [*_merged(blocks), OptionBlock(Reason("value", "its cost is below zero"), below_zero)]


def _merged(blocks: Sequence[OptionBlock]) -> list[OptionBlock]:
    """One block for each reason."""
    conditions: dict[Reason, list[Column]] = {}
    for block in blocks:
        conditions.setdefault(block.reason, []).append(block.condition)
    return [OptionBlock(reason, reduce(operator.or_, parts)) for reason, parts in conditions.items()]


def _speaks(rule: Rule, options: Sequence[Option]) -> Column:
    """Whether the option of a row is in the rule's scope."""
    scope = to_bitset([n for n, option in enumerate(options) if option.is_in_scope_of(rule)], len(options))
    return meets(word_columns("bits", len(scope)), literal(scope))


def _once(money: Column) -> Column:
    """The same, in a form that Spark does not work out again in every filter that reads it.

    Filters are moved below what they read and repeat it there, unless its answer might be another the second time; that
    of a row's number might, and there is no row whose number is negative.
    """
    return F.when(F.monotonically_increasing_id() >= 0, money)


def _money(by_objective: Mapping[str, Expression], by_offer: Mapping[str, Expression]) -> Column:
    """The offer's own formula, else that of its objective, in micros, half to even.

    Null where it is not known or beyond LARGEST.
    """
    branches = [F.when(F.col("objective") == name, to_column(tree)) for name, tree in by_objective.items()]
    amount = F.coalesce(*branches, F.lit(None).cast("double"))
    for name, tree in by_offer.items():
        amount = F.when(F.col("offer_id") == name, to_column(tree)).otherwise(amount)
    micros = F.rint(amount * MICROS)
    return F.when(F.abs(micros) <= LARGEST, micros.cast("bigint"))


def _propensity(settings: Settings) -> Column:
    """The score of the model that models.yaml names for the option."""
    branches = [
        F.when(_is_named(model.propensity_for), F.col(model.score))
        for model in settings.models.models.values()
        if model.propensity_for is not None
    ]
    return F.coalesce(*branches, F.lit(None).cast("double"))


def _is_named(scope: PropensityFor) -> Column:
    pairs = (("objective", scope.objective), ("offer_id", scope.offers))
    tests = [F.col(column).isin(*allowed) for column, allowed in pairs if allowed is not None]
    return reduce(lambda total, right: total | right, tests, F.lit(False))
