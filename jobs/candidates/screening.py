"""What is asked of a customer alone, once, before any option is looked at: consents, past contacts, own features."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.deployment import Consent
from conf.expressions import Expression, columns_of
from conf.expressions.to_spark import to_column
from conf.policy import Rule
from conf.settings import Settings
from jobs.candidates.closings import Closing, closings_on
from jobs.candidates.consents import may_contact
from jobs.candidates.formulas import Formulas
from jobs.candidates.layout import Reason
from jobs.candidates.option_sets import width, words
from jobs.candidates.options import Option
from jobs.candidates.set_columns import literal, union, word_columns


@dataclass(frozen=True)
class Screen:
    """One reason, and the set of options that it blocks for the customer of a row."""

    reason: Reason
    blocked: list[Column]


def screens(
    people: DataFrame, settings: Settings, formulas: Formulas, options: Sequence[Option], as_of: date
) -> list[Screen]:
    """Every reason that needs nothing of an option but which it is.

    Args:
        people: consents; `closed`, a set of options for each of the date's closings, in their order; features, scores.
    """
    screens_so_far = [*_refusals(settings.deployment.consent, options)]
    screens_so_far += _closed(closings_on(settings.policy, options, as_of), len(options))
    for rule, expression in formulas.rules:
        if is_of_customer(expression, people):
            scope = [position for position, option in enumerate(options) if option.is_in_scope_of(rule)]
            screens_so_far.append(
                Screen(Reason("rules", rule.name), _where(is_stopped(rule, expression), scope, len(options)))
            )
    return screens_so_far


def screened(people: DataFrame, screens: Sequence[Screen], options: int) -> DataFrame:
    """Adds `screened`, the sets of all screens in their order, and `barred`, the options in any of them."""
    barred = union([literal(words((), options)), *(screen.blocked for screen in screens)])
    every = [word for screen in screens for word in screen.blocked]
    return people.withColumns({"screened": F.array(*every).cast("array<bigint>"), "barred": F.array(*barred)})


def is_of_customer(expression: Expression, people: DataFrame) -> bool:
    """Whether a rule reads nothing that differs from option to option; a score by category does."""
    columns = {name for name, kind in people.dtypes if not kind.startswith("map")}
    return columns_of(expression) <= columns


def is_stopped(rule: Rule, expression: Expression) -> Column:
    """Whether a rule does not let pass; what is not known does not pass."""
    answer = to_column(expression)
    return ~F.coalesce(~answer if rule.never_when is not None else answer, F.lit(False))


def _refusals(consent: Consent, options: Sequence[Option]) -> Iterator[Screen]:
    for channel in dict.fromkeys(option.channel.id for option in options):
        scope = [position for position, option in enumerate(options) if option.channel.id == channel]
        is_refused = ~may_contact(consent, F.lit(channel))
        yield Screen(Reason("consent", f"no consent for {channel}"), _where(is_refused, scope, len(options)))


def _closed(closings: Sequence[Closing], options: int) -> Iterator[Screen]:
    """Where nobody knows what is closed, all is that could be."""
    size = width(options)
    for place, closing in enumerate(closings):
        scope = literal(words(closing.scope, options))
        blocked = word_columns("closed", size, place * size)
        bits = [F.coalesce(word, whole) for word, whole in zip(blocked, scope, strict=True)]
        yield Screen(Reason("contact_policy", closing.rule), scope if closing.is_for_nobody else bits)


def _where(holds: Column, scope: Sequence[int], options: int) -> list[Column]:
    """The scope where the reason holds; where nobody knows whether it holds, it does."""
    lets_pass = F.coalesce(~holds, F.lit(False))
    return [F.when(lets_pass, F.lit(0)).otherwise(F.lit(word)).cast("bigint") for word in words(scope, options)]
