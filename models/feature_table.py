"""Sources -> one row of features per decision date and customer."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.micros import MICROS
from models.features.declaration import Feature, all_features, ratio
from models.histories import CATEGORY_LINES, History
from models.sources import Sources

KEYS = ["as_of", "customer_id"]


def feature_table(sources: Sources, as_ofs: Sequence[date]) -> DataFrame:
    """The features of every customer at every date, each date knowing only what is dated before it.

    Args:
        sources: the history; rows dated on or after a date change nothing in its rows.
        as_ofs: the decision dates; one for the night, the cut-offs for training: several cost one pass, not several.

    Returns:
        as_of, customer_id, the customer features by name (double), the attributes, and `categories`: per category the
        customer ever bought, by name, a struct of `category` and the customer x category features (double).
    """
    features = available(sources)
    dates = F.explode(F.array(*[F.lit(one) for one in sorted(set(as_ofs))]))
    table = sources.customers.select(dates.alias("as_of"), "customer_id", *sorted(sources.attributes))
    for history, group in _by_history(features):
        table = table.join(_aggregated(history.before(sources, as_ofs), group), KEYS, "left")
    of_customer = [one for one in features if not one.is_per_category]
    columns = [_double(F.col(one.name), one).alias(one.name) for one in of_customer]
    packed = ["categories"] if len(columns) < len(features) else []
    return table.select(*KEYS, *columns, *sorted(sources.attributes), *packed)


def available(sources: Sources) -> tuple[Feature, ...]:
    """The features that can be built: those whose source the deployment has."""
    features = all_features()
    clash = sorted({one.name for one in features} & set(sources.attributes))
    if clash:
        raise ValueError(f"the attribute {clash[0]!r} has the name of a feature; map it under another name")
    return tuple(one for one in features if one.history.is_in(sources))


def _by_history(features: Sequence[Feature]) -> list[tuple[History, list[Feature]]]:
    histories = {one.history.name: one.history for one in features}
    return [(histories[name], [one for one in features if one.history.name == name]) for name in sorted(histories)]


def _aggregated(rows: DataFrame, features: Sequence[Feature]) -> DataFrame:
    columns = [one.column() for one in features]
    if features[0].history is not CATEGORY_LINES:
        return rows.groupBy(*KEYS).agg(*columns)
    return _packed(rows.groupBy(*KEYS, "category").agg(*columns), features)


def _packed(rows: DataFrame, features: Sequence[Feature]) -> DataFrame:
    """One row per customer: the customer's categories as an array of structs, and what is summed over them."""
    of_category = [one for one in features if one.is_per_category]
    structs = F.sort_array(F.collect_list(F.struct("category", *[one.name for one in of_category])))
    sums = [F.sum(one.name).alias(_sum_of(one)) for one in features if one.across]
    summed = [one.name for one in features if one.across == "sum"]

    def finished(category: Column) -> Column:
        columns = [_double(_across(category[one.name], one), one).alias(one.name) for one in of_category]
        return F.struct(category["category"].alias("category"), *columns)

    grouped = rows.groupBy(*KEYS).agg(structs.alias("categories"), *sums)
    return grouped.select(*KEYS, *summed, F.transform("categories", finished).alias("categories"))


def _sum_of(one: Feature) -> str:
    return one.name if one.across == "sum" else f"sum_{one.name}"


def _across(value: Column, one: Feature) -> Column:
    return ratio(value, F.col(_sum_of(one))) if one.across == "share" else value


def _double(value: Column, one: Feature) -> Column:
    double = value.cast("double")
    scaled = double / MICROS if one.unit == "money" else double
    return scaled if one.if_none is None else F.coalesce(scaled, F.lit(float(one.if_none)))
