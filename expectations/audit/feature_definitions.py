"""Which columns of the lake's feature table are features, what they should be, and whether they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isclose

import pyarrow.dataset as ds

from expectations.audit.evidence import Evidence
from expectations.audit.features import Money, Value, is_understood
from expectations.audit.micros import MICROS

CATEGORIES, CATEGORY = "categories", "category"
"""The column with a customer's categories, and their name in it."""
CLOSE = 1e-9


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
    packed = [field.name for field in schema.field(CATEGORIES).type.value_type] if has_categories else []
    others = {"customer_id", CATEGORIES, *evidence.attributes}
    return FeatureNames(
        [name for name in schema.names if name not in others],
        [name for name in packed if name != CATEGORY],
        list(evidence.attributes),
        has_categories,
    )


def undeclared(evidence: Evidence) -> list[str]:
    """Features of the table that no declaration of the night stands for."""
    names = features_in(evidence)
    return sorted({*names.of_customer, *names.of_category} - evidence.declarations.keys())


def not_rederived(evidence: Evidence) -> list[str]:
    """Features that are not derived again, for want of a declaration that the auditor understands."""
    names = features_in(evidence)
    declared = evidence.declarations
    every = [*names.of_customer, *names.of_category]
    return sorted(name for name in every if name not in declared or not is_understood(declared[name]))


def is_same(stored: float | None, value: Value) -> bool:
    """Whole numbers and money must be the same, ratios to a part in a thousand million."""
    if stored is None or value is None:
        return stored is value
    if isinstance(value, Fraction):
        return isclose(stored, value, rel_tol=CLOSE, abs_tol=0)
    return stored == (value.millionths / MICROS if isinstance(value, Money) else value)
