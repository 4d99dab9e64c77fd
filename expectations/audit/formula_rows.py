"""For every contact of a set, what formulas and rules read of it: taken from the lake and the plain settings."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from conf.expressions import Kind
from expectations.audit.evidence import Evidence
from expectations.audit.micros import MICROS
from expectations.audit.people import rows_of

OF_OFFERS = {"id", "name", "objective", "category", "margin", "incentive_cost", "valid_from", "valid_to", "channels"}
OF_OFFERS |= {"topic", "must_send", "exempt"}
OF_CHANNELS = {"id", "name", "unit_cost"}
CATEGORIES = "categories"
WITH_EXPRESSIONS = ("value", "cost", "value_of_offer", "cost_of_offer", "rules", "limits")
"""Parts of the policy that may name features of categories."""
OF_BOTH = {"offer", "channel"}
OPTION_TEXTS = ("offer_id", "channel", "objective", "category")
OPTION_NUMBERS = ("margin", "incentive_cost", "unit_cost", "propensity")
Row = dict[str, Any]


def kinds(evidence: Evidence) -> dict[str, Kind]:
    """Every name that an expression may read, and what kind of value it has."""
    all_kinds = {field.name: _kind(field.type) for schema in _schemas(evidence) for field in schema}
    all_kinds |= dict.fromkeys(features_of_categories(evidence), Kind.NUMBER)
    further = {name for row in (*evidence.offers, *evidence.channels) for name in row} - OF_OFFERS - OF_CHANNELS
    further |= {name for row in evidence.offer_channels for name in row} - OF_BOTH
    numbers = dict.fromkeys((*OPTION_NUMBERS, *further), Kind.NUMBER)
    kinds_by_name = {name: kind for name, kind in all_kinds.items() if kind is not None}
    return kinds_by_name | dict.fromkeys(OPTION_TEXTS, Kind.TEXT) | numbers


@lru_cache(maxsize=1)  # two checks ask for the same
def contacts_with_rows(evidence: Evidence) -> list[tuple[Row, Row]]:
    """Each decision with an offer, also those kept back, and the row that expressions read for it.

    Offers and channels that settings do not know are another check's to name.

    Raises:
        KeyError: the lake does not know a customer.
    """
    channels = {str(channel["id"]): channel for channel in evidence.channels}
    decided = [row for row in evidence.decisions if row["offer_id"] in evidence.offer_of and row["channel"] in channels]
    people = rows_of_customers(evidence, [row["customer_id"] for row in decided])
    options = [
        option_row(
            evidence.offer_of[row["offer_id"]],
            channels[row["channel"]],
            evidence.both_of.get((row["offer_id"], row["channel"]), {}),
        )
        for row in decided
    ]
    return [
        (row, with_scores(in_category(evidence, people[row["customer_id"]] | option), evidence.models))
        for row, option in zip(decided, options, strict=True)
    ]


def columns_of_customers(evidence: Evidence) -> set[str]:
    """The names that an expression reads of a customer, whatever the option is; a score by category is none."""
    fields = [field for schema in _schemas(evidence) for field in schema]
    return {field.name for field in fields if _kind(field.type) and not pa.types.is_map(field.type)}


@lru_cache(maxsize=1)  # asked for every row
def features_of_categories(evidence: Evidence) -> list[str]:
    """The names of the features of a customer in a category."""
    schema = ds.dataset(evidence.features_folder).schema
    packed = [field.name for field in schema.field(CATEGORIES).type.value_type] if CATEGORIES in schema.names else []
    return [name for name in packed if name != "category"]


@lru_cache(maxsize=1)
def reads_categories(evidence: Evidence) -> bool:
    """Whether any expression of the policy may read such a feature."""
    texts = str([evidence.policy.get(name) for name in WITH_EXPRESSIONS])
    return any(name in texts for name in features_of_categories(evidence))


def in_category(evidence: Evidence, row: Row) -> Row:
    """The features of the customer in the category of the option; of what was never bought, those of nothing bought."""
    if CATEGORIES not in row:
        return row
    bought = {facts["category"]: facts for facts in row[CATEGORIES] or ()}
    names, category = features_of_categories(evidence), row["category"]
    if category is None:
        return row | dict.fromkeys(names)
    of_nothing = {name: evidence.declarations[name]["if_none"] for name in names}
    return row | {name: bought.get(category, of_nothing)[name] for name in names}


def _schemas(evidence: Evidence) -> list[pa.Schema]:
    return [ds.dataset(folder).schema for folder in evidence.scored_folders]


def _kind(of: pa.DataType) -> Kind | None:
    """None: no expression can read it."""
    if pa.types.is_map(of):
        return Kind.NUMBER  # a score by category is read as that of the option's own
    tests = {Kind.BOOL: pa.types.is_boolean, Kind.TEXT: pa.types.is_string, Kind.DATE: pa.types.is_date}
    named = next((kind for kind, is_kind in tests.items() if is_kind(of)), None)
    is_number = pa.types.is_integer(of) or pa.types.is_floating(of)
    return named or (Kind.NUMBER if is_number else None)


def rows_of_customers(evidence: Evidence, customers: Collection[str]) -> dict[str, Row]:
    """Customer -> features and scores, side by side."""
    by_customer: dict[str, Row] = {}
    for folder in evidence.scored_folders:
        rows = ds.dataset(folder)
        readable = [field.name for field in rows.schema if _kind(field.type) is not None]
        readable += [CATEGORIES] if CATEGORIES in rows.schema.names and reads_categories(evidence) else []
        is_wanted = pc.field("customer_id").isin(pa.array(list(customers), pa.string()))  # typed, though there be none
        wanted = rows.to_table(columns=readable, filter=is_wanted)
        for row in wanted.to_pylist(maps_as_pydicts="strict"):
            by_customer.setdefault(row["customer_id"], {}).update(row)
    for customer, row in _of_groups(evidence, customers).items():
        by_customer.setdefault(customer, {}).update(row)
    return by_customer


def _of_groups(evidence: Evidence, customers: Collection[str]) -> dict[str, Row]:
    """Customer -> the scores of its group that take the place of its own."""
    if evidence.group_scores_folder is None:
        return {}
    scores = {model["score"] for model in evidence.models.values()}
    rows = rows_of(evidence.group_scores_folder, customers)
    return {
        customer: {name: value for name, value in row.items() if name in scores and value is not None}
        for customer, row in rows.items()
    }


def option_row(offer: Mapping[str, Any], channel: Mapping[str, Any], both: Mapping[str, Any]) -> Row:
    """What expressions read of an option; money in the currency.

    Args:
        both: their row of offer_channels.csv.
    """
    numbers = {name: row[name] for row in (offer, channel) for name in row if name not in OF_OFFERS | OF_CHANNELS}
    numbers |= {name: both[name] for name in both if name not in OF_BOTH}
    numbers |= {name: offer[name] for name in ("margin", "incentive_cost")} | {"unit_cost": channel["unit_cost"]}
    texts = {"offer_id": offer["id"], "channel": channel["id"], "objective": offer["objective"]}
    return {name: float(number) for name, number in numbers.items()} | texts | {"category": offer.get("category")}


def with_scores(row: Row, models: Mapping[str, Any]) -> Row:
    """Scores as expressions read them, and `propensity`: the score of the first model that is named for the option."""
    for model in models.values():
        score = row.get(model["score"])
        if isinstance(score, dict):
            row[model["score"]] = score.get(row["category"])
        elif isinstance(score, int):
            row[model["score"]] = score / MICROS
    named = (row[model["score"]] for model in models.values() if _is_for(model.get("propensity_for"), row))
    return row | {"propensity": next((score for score in named if score is not None), None)}


def _is_for(scope: Mapping[str, Any] | None, row: Row) -> bool:
    pairs = (("objective", "objective"), ("offers", "offer_id"))
    return scope is not None and any(row[column] in (scope.get(key) or ()) for key, column in pairs)
