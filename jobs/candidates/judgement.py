"""Judges every person with every option: what blocks it, what it is worth, what it costs."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.deployment import Consent
from conf.models import PropensityFor
from conf.policy import Objective, Policy
from conf.settings import Settings
from jobs.candidates.consents import may_contact
from jobs.candidates.contact_caps import SAME_COLUMN
from jobs.candidates.formulas import Formulas
from optimization.policy.grammar import Expression
from optimization.policy.spark import to_column

MILLIONTHS = 1_000_000
LARGEST = 2**53
"""Millionths up to which a double is exact; a formula that comes to more says something that nobody meant."""
STAGES = ("consent", "contact_policy", "rules", "value")
"""The order in which an option is judged; a decision's status tells the last stage that any option reached."""


def judge(crossed: DataFrame, settings: Settings, formulas: Formulas, as_of: date) -> DataFrame:
    """Adds to people × options: propensity, value and cost in millionths, and `blocks`, every reason against the row.

    A block is a struct of stage and reason. A value that is not known blocks; one that is negative does not,
    because a minimum volume may need it.

    Args:
        crossed: a person's and an option's columns; `closed`, an array of (rule, same) structs; `rules`, `caps`, the
            names of those that speak of the option; the scores.
    """
    scored = crossed.withColumns(_as_formulas_read(crossed, settings)).withColumn("propensity", _propensity(settings))
    priced = scored.withColumns({"value": _money(formulas.value), "cost": _money(formulas.cost)})
    blocks = [
        *_refusals(settings.deployment.consent),
        *_caps(settings.policy, as_of),
        *_rules(formulas),
        *_unknown_money(),
    ]
    return priced.withColumn("blocks", F.array_compact(F.array(*blocks)))


def _refusals(consent: Consent) -> Iterator[Column]:
    yield _block("consent", F.concat(F.lit("no consent for "), "channel"), ~may_contact(consent))


def _caps(policy: Policy, as_of: date) -> Iterator[Column]:
    for rule in policy.contact_rules_on(as_of):
        what = F.coalesce(F.col(SAME_COLUMN[rule.same]), F.lit("")) if rule.same else F.lit("")
        is_for_nobody = F.array_contains("caps", rule.name) & F.lit(rule.max_contacts == 0)
        yield _block("contact_policy", F.lit(rule.name), is_for_nobody | _is_closed(rule.name, what))
    for one in policy.combinations_on(as_of):
        what = F.col("offer_id") if one.never_together is not None else F.lit("")
        yield _block("contact_policy", F.lit(one.name), _is_closed(one.name, what))


def _rules(formulas: Formulas) -> Iterator[Column]:
    for rule, expression in formulas.rules:
        is_stopped = _is_stopped(rule.name, expression, is_never=rule.never_when is not None)
        yield _block("rules", F.lit(rule.name), is_stopped)


def _unknown_money() -> Iterator[Column]:
    is_known = F.col("value").isNotNull() & F.col("cost").isNotNull()
    yield _block("value", F.lit("its value or cost is not known"), ~is_known)
    yield _block("value", F.lit("its cost is below zero"), F.coalesce(F.col("cost") < 0, F.lit(False)))


def _block(stage: str, reason: Column, holds: Column) -> Column:
    """The struct where the reason holds; where nobody knows whether it holds, it does."""
    return F.when(F.coalesce(holds, F.lit(True)), F.struct(F.lit(stage).alias("stage"), reason.alias("reason")))


def _is_closed(name: str, what: Column) -> Column:
    """Whether a rule of past contacts speaks of the option and has closed it, or the likes of it, for this person."""
    entry = F.struct(F.lit(name).alias("rule"), what.alias("same"))
    return F.array_contains("caps", name) & F.array_contains("closed", entry)


def _is_stopped(name: str, expression: Expression, *, is_never: bool) -> Column:
    """Whether the rule speaks of the option and does not let it pass; what is not known does not pass."""
    answer = to_column(expression)
    passes = F.coalesce(~answer if is_never else answer, F.lit(False))
    return F.array_contains("rules", name) & ~passes


def _money(by_objective: Mapping[Objective, Expression]) -> Column:
    """The formula of the row's objective, in millionths, half to even; null where it is not known or beyond LARGEST."""
    branches = [F.when(F.col("objective") == name, to_column(tree)) for name, tree in by_objective.items()]
    amount = F.rint(F.coalesce(*branches, F.lit(None).cast("double")) * MILLIONTHS)
    return F.when(F.abs(amount) <= LARGEST, amount.cast("bigint"))


def _as_formulas_read(crossed: DataFrame, settings: Settings) -> dict[str, Column]:
    """Scores as numbers: of the option's own category where a model scores categories, money in the currency."""
    kinds = dict(crossed.dtypes)
    scores = [model.score for model in settings.models.models.values()]
    in_currency = {score: F.col(score) / MILLIONTHS for score in scores if kinds[score] == "bigint"}
    of_category = {
        score: F.try_element_at(score, F.col("category")) for score in scores if kinds[score].startswith("map")
    }
    return in_currency | of_category


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
    tests = [F.col(column).isin(*named) for column, named in pairs if named is not None]
    return reduce(lambda left, right: left | right, tests, F.lit(False))
