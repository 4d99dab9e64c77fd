"""Sources -> one row of features per decision date and customer."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.features.declaration import Feature, all_features
from models.histories import MONEY, History
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
        rows = history.before(sources, as_ofs)
        if rows is not None:
            table = table.join(_aggregated(rows, group), KEYS, "left")
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
    has_rows = {name: history.rows(sources) is not None for name, history in _histories(features).items()}
    return tuple(one for one in features if has_rows[one.history.name])


def _histories(features: Sequence[Feature]) -> dict[str, History]:
    return {one.history.name: one.history for one in features}


def _by_history(features: Sequence[Feature]) -> list[tuple[History, list[Feature]]]:
    histories = _histories(features)
    return [(histories[name], [one for one in features if one.history.name == name]) for name in sorted(histories)]


def _aggregated(rows: DataFrame, features: Sequence[Feature]) -> DataFrame:
    columns = [one.column() for one in features]
    if not features[0].is_per_category:
        return rows.groupBy(*KEYS).agg(*columns)
    return _packed(rows.groupBy(*KEYS, "category").agg(*columns), features)


def _packed(rows: DataFrame, features: Sequence[Feature]) -> DataFrame:
    totals = {one.name: f"total_{one.name}" for one in features if one.is_share}
    fields = F.struct("category", *[one.name for one in features])
    sums = [F.sum(name).alias(total) for name, total in totals.items()]
    grouped = rows.groupBy(*KEYS).agg(F.array_sort(F.collect_list(fields)).alias("categories"), *sums)

    def finished(category: Column) -> Column:
        columns = [_double(_share(category[one.name], totals.get(one.name)), one).alias(one.name) for one in features]
        return F.struct(category["category"].alias("category"), *columns)

    return grouped.select(*KEYS, F.transform("categories", finished).alias("categories"))


def _share(value: Column, total: str | None) -> Column:
    return value if total is None else F.try_divide(value.cast("double"), F.col(total).cast("double"))


def _double(value: Column, one: Feature) -> Column:
    double = value.cast("double")
    scaled = double / MONEY if one.unit == "money" else double
    return scaled if one.if_none is None else F.coalesce(scaled, F.lit(float(one.if_none)))
