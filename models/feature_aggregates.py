"""Declarations -> Spark: each feature is one aggregate, and all windows of a history share one pass over its rows."""

from collections.abc import Callable, Mapping, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import WEEKDAY, Feature
from models.features.expressions import Aggregate, Ratio, Share
from models.windowed import Rows

_AGGREGATES: Mapping[str, Callable[[Column], Column]] = {"count": F.count, "sum": F.sum, "max": F.max}


def aggregate_of(feature: Feature) -> Column:
    """The aggregate over a customer's rows of the history, of a category's where it has some; money in millionths.

    A share is not finished here, nor what is added up over categories: see `models.feature_table`.
    """
    value = feature.value.of if isinstance(feature.value, Share) else feature.value
    return _column(value, Rows(feature.history, feature.window_days)).alias(feature.name)


def ratio(above: Column, below: Column) -> Column:
    """`above / below` of two aggregates; missing where `below` is 0."""
    return F.try_divide(above.cast("double"), below.cast("double"))


def _column(value: Aggregate | Ratio, rows: Rows) -> Column:
    if isinstance(value, Ratio):
        return ratio(_column(value.above, rows), _column(value.below, rows))
    inside = rows if value.windows == 1 else rows.last(value.windows * (rows.window_days or 0))
    return _aggregate(value, inside)


def _aggregate(value: Aggregate, inside: Rows) -> Column:
    day = inside.history.day
    if value.primitive == "days_since":
        end = F.max if value.column == "last" else F.min
        return F.datediff(inside.as_of, end(_kept(value, inside, day)))
    if value.primitive == "distinct":
        return _distinct(value, inside, value.column or day)
    if value.primitive == "span":
        kept = _kept(value, inside, value.column or day)
        return F.datediff(F.max(kept), F.min(kept))
    if value.primitive == "gaps":
        return _distinct(value, inside, value.column or day) - 1
    return _AGGREGATES[value.primitive](_kept(value, inside, value.column or day))


def _distinct(value: Aggregate, inside: Rows, column: str) -> Column:
    """All windows in one pass: `count_distinct` would take one for each."""
    if column == "category":  # one group is one category, and groups are added up
        return F.when(F.count(_kept(value, inside, inside.history.day)) > 0, 1).otherwise(0)
    if column == inside.history.day and inside.window_days is not None and not value.where:
        return inside.different_days()
    return F.size(F.collect_set(_kept(value, inside, column)))


def _kept(value: Aggregate, inside: Rows, column: str) -> Column:
    """The column, null outside the window and where a condition does not hold."""
    cell = _weekday(inside) if column == WEEKDAY else getattr(inside, column)
    for name, values in value.where.items():
        cell = F.when(_is_one_of(inside, name, values), cell)
    return cell


def _is_one_of(inside: Rows, column: str, values: Sequence[str | int]) -> Column:
    return (_weekday(inside) if column == WEEKDAY else F.col(column)).isin(list(values))


def _weekday(inside: Rows) -> Column:
    """Monday is 1; null outside the window, as its day is."""
    return F.weekday(getattr(inside, inside.history.day)) + 1
