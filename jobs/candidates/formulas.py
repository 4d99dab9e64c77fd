"""The policy's formulas and rules, read against the columns that a deployment declares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from conf.errors import SettingsError
from conf.expressions import Expression, Kind, Origin, columns_of, parse
from conf.offers import WithParameters
from conf.policy import SEGMENT, Rule
from conf.settings import Settings
from jobs.candidates.options import NUMBERS, TEXTS
from models.features.declaration import all_features

DEFAULT_COST = "unit_cost + incentive_cost"
RESERVED = (
    *("customer_id", "household_id", "consents", "eligibility_status"),
    *("blocked_by_policy", "blocked_by_reason", "blocked_by_any", "bits", "value", "cost"),
)
"""Columns beside those that expressions may name; another of the same name would be read in their place."""


@dataclass(frozen=True)
class Formulas:
    """Parsed expressions: money by objective and by offer, rules in force and segments, in the order of policy.yaml."""

    value: Mapping[str, Expression]
    cost: Mapping[str, Expression]
    rules: tuple[tuple[Rule, Expression], ...]
    value_of_offer: Mapping[str, Expression]
    cost_of_offer: Mapping[str, Expression]
    segments: Mapping[str, Expression]

    @property
    def columns(self) -> frozenset[str]:
        """The names that formulas and rules read."""
        money = (self.value, self.cost, self.value_of_offer, self.cost_of_offer)
        trees = [*(tree for by_name in money for tree in by_name.values()), *(tree for _, tree in self.rules)]
        return frozenset[str]().union(*map(columns_of, trees))


def read_formulas(settings: Settings, features: Mapping[str, Kind], as_of: date) -> Formulas:
    """Parse every expression that is in force on the decision date.

    Args:
        features: name -> kind of the features that this deployment's sources allow.

    Raises:
        PolicyError: an expression that cannot be read, with file, line and column.
    """
    columns = declared_columns(settings, features)
    per_category = {feature.name for feature in all_features() if feature.is_per_category}
    named = (set(features) | set(_scores(settings))) - per_category
    of_customers = {name: kind for name, kind in columns.items() if name in named}
    policy = settings.policy
    in_force = [(position, rule) for position, rule in enumerate(policy.rules) if rule.holds_on(as_of)]
    of_own_value = [offer.objective for offer in settings.offers if offer.id in policy.value_of_offer]
    costs = {name: policy.cost.get(name, DEFAULT_COST) for name in dict.fromkeys([*policy.value, *of_own_value])}

    def parsed(key: str, texts: Mapping[str, str]) -> dict[str, Expression]:
        return {name: _parse(settings, (key, name), text, columns) for name, text in texts.items()}

    return Formulas(
        value=parsed("value", policy.value),
        cost=parsed("cost", costs),
        rules=tuple((rule, _rule(settings, position, rule, columns)) for position, rule in in_force),
        value_of_offer=parsed("value_of_offer", policy.value_of_offer),
        cost_of_offer=parsed("cost_of_offer", policy.cost_of_offer),
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
