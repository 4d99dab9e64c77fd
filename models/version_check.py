"""A version and rows whose outcome is known -> what it answers there, whether it can, and how fast."""

from datetime import date
from time import thread_time

import lightgbm
import numpy as np
import pyarrow as pa

from models.calibration import calibrated
from models.champion import Champion
from models.evaluation import Forecasts, beside_naive
from models.examples import Examples, examples
from models.matrix import SINCE_CATEGORY_PURCHASE, SINCE_PURCHASE

ROWS_TIMED = 20_000
RUNS_TIMED = 3


def forecasts_of(version: Champion, table: pa.Table, model: str, day: date) -> Forecasts:
    """The version's forecasts of the rows of one date, beside what happened.

    Args:
        version: whose features must be in the table.
        table: features and outcomes, as `in_canonical_order` gives them.
        model: whose outcome is the column `label_<model>`.
        day: the cut-off.
    """
    rows = rows_of(version, table, model, day)
    raw = np.asarray(lightgbm.Booster(model_str=version.text).predict(rows.values))
    return beside_naive(calibrated(raw, version.contract.calibration), version.contract, rows)


def rows_of(version: Champion, table: pa.Table, model: str, day: date) -> Examples:
    """The version's matrix at one date, of the rows whose outcome is known."""
    return examples(table, model, version.contract, version.columns, [day])


def missing_features(version: Champion, table: pa.Schema) -> tuple[str, ...]:
    """What the version's matrix and population need and the feature table lacks, or has as another type."""
    of_category = _fields_per_category(table)
    numbers = [
        feature.name
        for feature in version.contract.features
        if feature.type == "number" and not feature.is_per_category
    ]
    texts = [feature.name for feature in version.contract.features if feature.type == "text"]
    per_category = [feature.name for feature in version.contract.features if feature.is_per_category]
    numbers += [SINCE_PURCHASE] * (version.contract.population.purchased_within_days is not None)
    per_category += [SINCE_CATEGORY_PURCHASE] * bool(version.contract.categories)
    missing = [name for name in numbers if not (name in table.names and _is_number(table.field(name).type))]
    missing += [name for name in texts if not (name in table.names and pa.types.is_string(table.field(name).type))]
    return tuple(sorted({*missing, *(set(per_category) - of_category)}))


def rows_per_second(version: Champion, rows: Examples) -> float:
    """Rows that one core scores in a second, the best of a few runs; building the matrix is not counted."""
    booster, values = lightgbm.Booster(model_str=version.text), rows.values[:ROWS_TIMED]
    seconds = []
    for _ in range(RUNS_TIMED):
        began = thread_time()  # one thread's own time: a busy machine does not count against the model
        calibrated(np.asarray(booster.predict(values, num_threads=1)), version.contract.calibration)
        seconds.append(thread_time() - began)
    return len(values) / max(min(seconds), 1e-9)


def _fields_per_category(table: pa.Schema) -> set[str]:
    if "categories" not in table.names:
        return set()
    struct = table.field("categories").type.value_type
    return {struct.field(position).name for position in range(struct.num_fields)}


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))
