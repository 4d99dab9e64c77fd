"""Which columns of the lake's feature table are features, of whom, and which the auditor knows nothing of."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow.dataset as ds

from optimization.audit.evidence import Evidence
from optimization.audit.feature_definitions import without_definition

CATEGORIES, CATEGORY = "categories", "category"
"""The column with a customer's categories, and their name in it."""


@dataclass(frozen=True)
class FeatureNames:
    """The columns of a feature table by what they are about."""

    of_customer: Sequence[str]
    of_category: Sequence[str]
    attributes: Sequence[str]
    has_categories: bool


def features_in(evidence: Evidence) -> FeatureNames:
    """The columns of the table of the night."""
    schema = ds.dataset(evidence.features_folder, format="parquet").schema
    has_categories = CATEGORIES in schema.names
    packed = [one.name for one in schema.field(CATEGORIES).type.value_type] if has_categories else []
    others = {"customer_id", CATEGORIES, *evidence.attributes}
    return FeatureNames(
        [name for name in schema.names if name not in others],
        [name for name in packed if name != CATEGORY],
        list(evidence.attributes),
        has_categories,
    )


def not_rederived(evidence: Evidence) -> list[str]:
    """Features of the table that the auditor has no definition of: nobody has looked at their values."""
    names = features_in(evidence)
    return without_definition([*names.of_customer, *names.of_category])
