"""Which columns a model's matrix has, and in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from conf.errors import nearest
from conf.models import Model
from models.contract import FeatureColumn
from models.errors import CannotTrain
from models.features.declaration import Feature, all_features

FEWEST_CUSTOMERS = 5
"""Of an attribute's texts a model knows those that so many customers share: one that fewer have says who they are, and
a model's contract is read by people who may not know that."""


@dataclass(frozen=True)
class Columns:
    """What a model's matrix holds: its features in order, and the categories it scores."""

    features: tuple[FeatureColumn, ...]
    categories: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The matrix columns, in order, as the Booster must know them; the position of the category comes last."""
        return (*(feature.name for feature in self.features), *(("category",) if self.categories else ()))


def feature_columns(
    name: str,
    model: Model,
    rows: pa.Table,
    attributes: Mapping[str, str],
    further_features: Sequence[Feature],
    *,
    has_categories: bool,
) -> tuple[FeatureColumn, ...]:
    """The features of a model: of the customer, the attributes, and of the customer in the category where it has them.

    Args:
        name: of the model, for the error.
        model: its `features` choose; by default all there are.
        rows: the training rows, for the texts that occur.
        attributes: attribute column -> "text" or "number".
        further_features: as Sources has them.
        has_categories: whether the model scores categories.

    Raises:
        CannotTrain: a feature is named that there is not.
    """
    every = (*all_features(), *further_features)
    declared = [feature for feature in every if feature.by_default or feature.name in (model.features or ())]
    built = [feature for feature in declared if feature.is_per_category or feature.name in rows.column_names]
    of_customer = [FeatureColumn(name=feature.name, type="number") for feature in built if not feature.is_per_category]
    of_category = [
        FeatureColumn(name=feature.name, type="number", is_per_category=True, if_none=feature.if_none)
        for feature in built
        if feature.is_per_category and has_categories
    ]
    ours = [_attribute(feature, kind, rows) for feature, kind in sorted(attributes.items())]
    return _chosen(name, model.features, [*of_customer, *ours, *of_category])


def _attribute(name: str, kind: str, rows: pa.Table) -> FeatureColumn:
    if kind == "number":
        return FeatureColumn(name=name, type="number")
    customers = rows.group_by(name).aggregate([("customer_number", "count_distinct")]).drop_null()
    shared = customers.filter(pc.greater_equal(customers["customer_number_count_distinct"], FEWEST_CUSTOMERS))
    return FeatureColumn(name=name, type="text", values=tuple(sorted(shared[name].to_pylist())))


def _chosen(model: str, names: Sequence[str] | None, columns: Sequence[FeatureColumn]) -> tuple[FeatureColumn, ...]:
    column_names = [column.name for column in columns]
    for name in names or ():
        if name not in column_names:
            raise CannotTrain(
                f"model {model!r}: no feature {name!r}{nearest(name, column_names)} Features: {', '.join(column_names)}"
            )
    return tuple(column for column in columns if names is None or column.name in names)
