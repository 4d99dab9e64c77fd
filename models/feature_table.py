"""Sources -> one row of features per decision date and customer."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.micros import MICROS
from models.feature_aggregates import aggregate_of, ratio
from models.features.declaration import Feature, all_features
from models.features.expressions import Share
from models.features.of_deployment import buildable
from models.histories import CATEGORY_LINES, History
from models.sources import Sources

KEYS = ["as_of", "customer_id"]


def feature_table(sources: Sources, as_ofs: Sequence[date], declared: Sequence[Feature] | None = None) -> DataFrame:
    """The features of every customer at every date, each date knowing only what is dated before it.

    Args:
        sources: the history; rows dated on or after a date change nothing in its rows.
        as_ofs: the decision dates; one for the night, the cut-offs for training: several cost one pass, not several.
        declared: the features to build; by default all that are registered.

    Returns:
        as_of, customer_id, the customer features by name (double), the attributes, and `categories`: per category the
        customer ever bought, by name, a struct of `category` and the customer x category features (double).
    """
    features = available(sources, declared)
    dates = F.explode(F.array(*[F.lit(as_of) for as_of in sorted(set(as_ofs))]))
    table = sources.customers.select(dates.alias("as_of"), "customer_id", *sorted(sources.attributes))
    for history, group in _by_history(features):
        table = table.join(_aggregated(history.before(sources, as_ofs), group), KEYS, "left")
    of_customer = [feature for feature in features if not feature.is_per_category]
    columns = [_double(F.col(feature.name), feature).alias(feature.name) for feature in of_customer]
    packed = ["categories"] if len(columns) < len(features) else []
    return table.select(*KEYS, *columns, *sorted(sources.attributes), *packed)


def available(sources: Sources, declared: Sequence[Feature] | None = None) -> tuple[Feature, ...]:
    """The features that can be built, of those declared or all: those whose source the deployment has."""
    features = buildable((*all_features(), *sources.further_features), sources.wanted) if declared is None else declared
    clash = sorted({feature.name for feature in features} & set(sources.attributes))
    if clash:
        raise ValueError(f"the attribute {clash[0]!r} has the name of a feature; map it under another name")
    return tuple(feature for feature in features if feature.history.is_in(sources))


def _by_history(features: Sequence[Feature]) -> list[tuple[History, list[Feature]]]:
    histories = {feature.history.name: feature.history for feature in features}
    return [
        (histories[name], [feature for feature in features if feature.history.name == name])
        for name in sorted(histories)
    ]


def _aggregated(rows: DataFrame, features: Sequence[Feature]) -> DataFrame:
    columns = [aggregate_of(feature) for feature in features]
    if features[0].history is not CATEGORY_LINES:
        return rows.groupBy(*KEYS).agg(*columns)
    return _packed(rows.groupBy(*KEYS, "category").agg(*columns), features)


def _packed(rows: DataFrame, features: Sequence[Feature]) -> DataFrame:
    """One row per customer: the customer's categories as an array of structs, and what is summed over them."""
    of_category = [feature for feature in features if feature.is_per_category]
    structs = F.sort_array(F.collect_list(F.struct("category", *[feature.name for feature in of_category])))
    sums = [F.sum(feature.name).alias(_sum_of(feature)) for feature in features if _is_summed(feature)]
    summed = [feature.name for feature in features if not feature.is_per_category]

    def finished(category: Column) -> Column:
        columns = [
            _double(_across(category[feature.name], feature), feature).alias(feature.name) for feature in of_category
        ]
        return F.struct(category["category"].alias("category"), *columns)

    grouped = rows.groupBy(*KEYS).agg(structs.alias("categories"), *sums)
    return grouped.select(*KEYS, *summed, F.transform("categories", finished).alias("categories"))


def _is_summed(feature: Feature) -> bool:
    """Whether its values are added up over the customer's categories."""
    return isinstance(feature.value, Share) or not feature.is_per_category


def _sum_of(feature: Feature) -> str:
    return f"sum_{feature.name}" if feature.is_per_category else feature.name


def _across(value: Column, feature: Feature) -> Column:
    return ratio(value, F.col(_sum_of(feature))) if isinstance(feature.value, Share) else value


def _double(value: Column, feature: Feature) -> Column:
    double = value.cast("double")
    scaled = double / MICROS if feature.unit == "money" else double
    return scaled if feature.if_none is None else F.coalesce(scaled, F.lit(float(feature.if_none)))
