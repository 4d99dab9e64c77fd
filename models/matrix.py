"""A batch of the feature table -> the matrix of one model; the same code in training and in the night."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from conf.models import Label, Population
from models.calibration import FloatArray
from models.contract import FeatureColumn

IntArray = NDArray[np.int64]

SINCE_PURCHASE = "days_since_last_purchase"
SINCE_CATEGORY_PURCHASE = "category_days_since_last_purchase"


@dataclass(frozen=True)
class Matrix:
    """m rows to score out of a batch of n customers.

    Attributes:
        values: (m, p) float64, NaN where missing.
        customer: (m,) position of the customer in the batch.
        category: (m,) position in the model's categories; None for a model of customers.
    """

    values: FloatArray
    customer: IntArray
    category: IntArray | None = None


def matrix(
    batch: pa.RecordBatch,
    features: Sequence[FeatureColumn],
    categories: Sequence[str],
    label: Label,
    population: Population,
) -> Matrix:
    """The rows that the model is about.

    Args:
        batch: rows of the feature table.
        features: the columns, in the model's order.
        categories: those to score; empty for a model of customers.
        label: its `not_bought_days` says which categories of a customer are scored.
        population: which customers are scored.
    """
    of_customer = [feature for feature in features if not feature.is_per_category]
    values = np.empty((batch.num_rows, len(of_customer)))
    for position, feature in enumerate(of_customer):
        values[:, position] = _numbers(batch.column(feature.name), feature)
    customer = np.flatnonzero(_is_in(batch, population))
    customers = Matrix(values if len(customer) == len(values) else values[customer], customer)
    if not categories:
        return customers
    return _expanded(batch, customers, [feature for feature in features if feature.is_per_category], categories, label)


def _expanded(
    batch: pa.RecordBatch, customers: Matrix, features: Sequence[FeatureColumn], categories: Sequence[str], label: Label
) -> Matrix:
    lists = batch.column("categories")
    packed = pc.list_flatten(lists)
    at = places(lists, packed.field("category"), categories)
    since = at.grid(packed.field(SINCE_CATEGORY_PURCHASE), np.nan)
    position, category = np.nonzero(~(since[customers.customer] <= (label.not_bought_days or 0)))
    row = customers.customer[position]
    grids = [at.grid(packed.field(feature.name), _default(feature))[row, category] for feature in features]
    values = np.column_stack([customers.values[position], *grids, category.astype(np.float64)])
    return Matrix(values, row, category.astype(np.int64))


def _default(feature: FeatureColumn) -> float:
    return float("nan") if feature.if_none is None else feature.if_none


@dataclass(frozen=True)
class Places:
    """Where the elements of a list column, one list per customer, belong in a grid of customers and categories.

    Attributes:
        shape: customers, categories scored.
        row, code: (k,) the place of each element that has one.
        has_place: (all elements,) False for categories that are not scored.
    """

    shape: tuple[int, int]
    row: IntArray
    code: IntArray
    has_place: NDArray[np.bool_]

    def grid(self, values: pa.Array, if_none: float) -> FloatArray:
        """The elements' values in their places, `if_none` where the customer's list has no such category."""
        grid = np.full(self.shape, if_none)
        grid[self.row, self.code] = _floats(values)[self.has_place]
        return grid


def places(lists: pa.ListArray, names: pa.Array, categories: Sequence[str]) -> Places:
    """Find the place of each element of `lists`, whose categories are `names`, all lists flattened."""
    code = _floats(pc.index_in(names, value_set=pa.array(categories, pa.string())))
    has_place = ~np.isnan(code)
    row = np.asarray(pc.list_parent_indices(lists).to_numpy(zero_copy_only=False), dtype=np.int64)
    return Places((len(lists), len(categories)), row[has_place], code[has_place].astype(np.int64), has_place)


def _is_in(batch: pa.RecordBatch, population: Population) -> NDArray[np.bool_]:
    if population.purchased_within_days is None:
        return np.ones(batch.num_rows, dtype=bool)
    return _floats(batch.column(SINCE_PURCHASE)) <= population.purchased_within_days


def _numbers(column: pa.Array, feature: FeatureColumn) -> FloatArray:
    if feature.type == "text":
        return _floats(pc.index_in(column, value_set=pa.array(feature.values, pa.string())))
    return _floats(column)


def _floats(column: pa.Array) -> FloatArray:
    """A view where the column has no nulls, else a copy with NaN for them."""
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
