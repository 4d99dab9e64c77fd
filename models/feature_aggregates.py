"""Declarations -> Spark: each feature is one aggregate, and all windows of a history share one pass over its rows."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import WEEKDAY, Feature
from models.features.expressions import Aggregate, Ratio, Share
from models.rows import Rows


def aggregate_of(one: Feature) -> Column:
    """The aggregate over a customer's rows of the history, of a category's where it has some; money in millionths.

    A share is not finished here, nor what is added up over categories: see `models.feature_table`.
    """
    value = one.value.of if isinstance(one.value, Share) else one.value
    return _column(value, Rows(one.history, one.window_days)).alias(one.name)


def ratio(above: Column, below: Column) -> Column:
    """`above / below` of two aggregates; missing where `below` is 0."""
    return F.try_divide(above.cast("double"), below.cast("double"))


def _column(value: Aggregate | Ratio, rows: Rows) -> Column:
    if isinstance(value, Ratio):
        return ratio(_column(value.above, rows), _column(value.below, rows))
    inside = rows if value.windows == 1 else rows.last(value.windows * (rows.window_days or 0))
    return _aggregate(value, inside)


def _aggregate(value: Aggregate, inside: Rows) -> Column:
    day = _kept(value, inside, inside.history.day)
    match value.primitive, value.column:
        case "days_since", which:
            return F.datediff(inside.as_of, F.max(day) if which == "last" else F.min(day))
        case "count", column:
            return F.count(_kept(value, inside, column or inside.history.day))
        case "distinct", "category":  # one group is one category; they are added up
            return F.when(F.count(day) > 0, 1).otherwise(0)
        case "distinct", inside.history.day if inside.window_days is not None and not value.where:
            return inside.different_days()
        case "distinct", str(column):  # `count_distinct` would take a pass for each window
            return F.size(F.collect_set(_kept(value, inside, column)))
        case "max", str(column):
            return F.max(_kept(value, inside, column))
        case "sum", str(column):
            return F.sum(_kept(value, inside, column))
    raise ValueError(f"no primitive {value.primitive!r} of {value.column!r}")


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
