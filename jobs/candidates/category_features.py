"""Features of a customer in a category, as formulas and rules read them: those of the category of the offer."""

from collections.abc import Collection

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from conf.expressions import Kind
from conf.expressions.to_spark import kinds_of
from models.features.declaration import all_features

CATEGORIES = "categories"


def feature_kinds(features: T.StructType) -> dict[str, Kind]:
    """Every feature of the table that expressions may read, also those of a customer in a category.

    Args:
        features: the schema of the feature table.
    """
    kinds = kinds_of(T.StructType([field for field in features if field.name != "customer_id"]))
    packed = [field.dataType for field in features if field.name == CATEGORIES]
    of_category = [name for kind in packed for name in kind.elementType.names if name != "category"]  # type: ignore[attr-defined]
    return kinds | dict.fromkeys(of_category, Kind.NUMBER)


def with_category_features(customers: DataFrame, names: Collection[str]) -> DataFrame:
    """Those features that are read, each as a map from the category; without the packed ones."""
    if CATEGORIES not in customers.columns:
        return customers
    of_category = {feature.name for feature in all_features() if feature.is_per_category}
    return customers.withColumns({name: _by_category(name) for name in sorted(of_category & set(names))}).drop(
        CATEGORIES
    )


def of_the_option(crossed: DataFrame) -> dict[str, Column]:
    """Each such map as the value in the category of the row's option; null where the option has none.

    What the customer never bought has the value of a customer without such rows.
    """
    kinds, if_none = dict(crossed.dtypes), {feature.name: feature.if_none for feature in all_features()}
    maps = [name for name, kind in kinds.items() if name in if_none and kind.startswith("map")]
    return {name: F.when(F.col("category").isNotNull(), _at_category(name, if_none[name])) for name in maps}


def _by_category(name: str) -> Column:
    keys = F.transform(CATEGORIES, lambda row: row["category"])
    return F.map_from_arrays(keys, F.transform(CATEGORIES, lambda row: row[name]))


def _at_category(name: str, if_none: float | None) -> Column:
    value = F.try_element_at(F.col(name), F.col("category"))
    is_bought = F.coalesce(F.map_contains_key(F.col(name), F.col("category")), F.lit(False))
    return F.when(is_bought, value).otherwise(F.lit(if_none).cast("double"))
