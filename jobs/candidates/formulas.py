"""The policy's formulas and rules, read against the columns that a deployment declares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from conf.errors import SettingsError
from conf.expressions import Expression, Kind, Origin, parse
from conf.offers import WithParameters
from conf.policy import SEGMENT, Objective, Rule
from conf.settings import Settings
from jobs.candidates.options import NUMBERS, TEXTS

DEFAULT_COST = "unit_cost + incentive_cost"
RESERVED = (
    *("customer_id", "household_id", "consents", "eligibility_status"),
    *("blocked_by_policy", "blocked_by_reason", "blocked_by_any", "bits", "value", "cost"),
)
"""Columns beside those that expressions may name; another of the same name would be read in their place."""


@dataclass(frozen=True)
class Formulas:
    """Parsed expressions: money by objective, and the rules in force and segments, in the order of policy.yaml."""

    value: Mapping[Objective, Expression]
    cost: Mapping[Objective, Expression]
    rules: tuple[tuple[Rule, Expression], ...]
    segments: Mapping[str, Expression]


def read_formulas(settings: Settings, features: Mapping[str, Kind], as_of: date) -> Formulas:
    """Parse every expression that is in force on the decision date.

    Args:
        features: name -> kind of the features that this deployment's sources allow.

    Raises:
        PolicyError: an expression that cannot be read, with file, line and column.
    """
    columns = declared_columns(settings, features)
    of_customers = {name: kind for name, kind in columns.items() if name in features or name in _scores(settings)}
    policy = settings.policy
    in_force = [(position, rule) for position, rule in enumerate(policy.rules) if rule.holds_on(as_of)]
    costs = {objective: policy.cost.get(objective, DEFAULT_COST) for objective in policy.value}
    return Formulas(
        value={name: _parse(settings, ("value", name), text, columns) for name, text in policy.value.items()},
        cost={name: _parse(settings, ("cost", name), text, columns) for name, text in costs.items()},
        rules=tuple((rule, _rule(settings, position, rule, columns)) for position, rule in in_force),
        segments={
            name: _parse(settings, ("segments", name), text, of_customers, Kind.BOOL)
            for name, text in policy.segments.items()
        },
    )


def declared_columns(settings: Settings, features: Mapping[str, Kind]) -> dict[str, Kind]:
    """Every name that an expression may use.

    Raises:
        SettingsError: two of them have the same name.
    """
    numbers = (*NUMBERS, "propensity")
    reserved = (*RESERVED, SEGMENT) if settings.policy.segments else RESERVED
    groups: dict[str, Mapping[str, Kind]] = {
        "a column of oneoffer's own": dict.fromkeys(reserved, Kind.TEXT),
        "a column of options": dict.fromkeys(TEXTS, Kind.TEXT) | dict.fromkeys(numbers, Kind.NUMBER),
        "a further column of offers.csv": _further(settings.offers),
        "a further column of channels.csv": _further(settings.channels),
        "a further column of offer_channels.csv": _further(settings.offer_channels),
        "a score of models.yaml": {model.score: Kind.NUMBER for model in settings.models.models.values()},
        "a feature": features,
    }
    declared: dict[str, tuple[Kind, str]] = {}
    for meaning, names in groups.items():
        for name, kind in names.items():
            if name in declared:
                raise SettingsError(
                    f"{settings.folder}: {name!r} is both {declared[name][1]} and {meaning}; rename one"
                )
            declared[name] = (kind, meaning)
    return {name: kind for name, (kind, _meaning) in declared.items() if name not in reserved}


def _scores(settings: Settings) -> set[str]:
    """The scores that a customer has whatever the option is."""
    return {model.score for model in settings.models.models.values() if model.label.kind != "buys_category"}


def _further(rows: Iterable[WithParameters]) -> dict[str, Kind]:
    return dict.fromkeys(sorted({name for row in rows for name in row.parameters}), Kind.NUMBER)


def _rule(settings: Settings, position: int, rule: Rule, columns: Mapping[str, Kind]) -> Expression:
    key = "only_when" if rule.only_when is not None else "never_when"
    text = rule.only_when if rule.only_when is not None else rule.never_when
    return _parse(settings, ("rules", position, key), text or "", columns, Kind.BOOL)


def _parse(
    settings: Settings,
    location: tuple[str | int, ...],
    text: str,
    columns: Mapping[str, Kind],
    result: Kind = Kind.NUMBER,
) -> Expression:
    path, line = settings.where("policy", location)
    name = ".".join(str(step) for step in location)
    return parse(text, columns, result=result, origin=Origin(file=str(path), line=line, name=name))
