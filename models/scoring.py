"""The feature table -> the scores of all models, in one pass."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import lightgbm
import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import DataType, DoubleType, LongType, MapType, StringType, StructField, StructType

from models.calibration import FloatArray, calibrated
from models.champion import Champion
from models.contract import Contract
from models.errors import ModelUnusable
from models.estimators.declaration import all_estimators
from models.histories import MONEY
from models.matrix import Matrix, matrix

ROWS_AT_ONCE = 2_000
"""Customers expanded to customer x category rows at a time: 40 categories of 60 features are 40 MB."""


def score(features: DataFrame, champions: Sequence[Champion]) -> DataFrame:
    """One row per customer of the feature table, one column per model, named as formulas name the score.

    A probability is a double rounded to millionths; a customer x category model answers a map from category to such
    a probability, without the categories it does not score; money is int64 millionths. Null: the customer is not in
    the model's population.

    Raises:
        ModelUnusable: a model needs a column that the table does not have, or two models have one score name.
    """
    _check(features.columns, champions)
    # `broadcast` would need the driver's context; a text in the closure reaches each executor once per stage as well.
    sent = [(one.text, one.contract.model_dump_json()) for one in champions]
    fields = [StructField(one.contract.score, _spark_type(one.contract)) for one in champions]
    return features.mapInArrow(_scorer(sent), StructType([StructField("customer_id", StringType()), *fields]))


def _check(columns: Sequence[str], champions: Sequence[Champion]) -> None:
    scores = [one.contract.score for one in champions]
    for one in champions:
        needed = {column.name for column in one.contract.features if not column.is_per_category}
        missing = sorted(needed - set(columns))
        if missing:
            raise ModelUnusable(
                f"model {one.contract.model!r} needs features the deployment does not have: {missing[:5]}"
            )
        if scores.count(one.contract.score) > 1:
            raise ModelUnusable(f"two models answer the score {one.contract.score!r}")


def _scorer(sent: Sequence[tuple[str, str]]) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def scored(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        contracts = [Contract.model_validate_json(contract) for _, contract in sent]
        boosters = [lightgbm.Booster(model_str=text) for text, _ in sent]
        for batch in batches:
            for start in range(0, batch.num_rows, ROWS_AT_ONCE):
                part = batch.slice(start, ROWS_AT_ONCE)
                answers = [answer(part, *model) for model in zip(boosters, contracts, strict=True)]
                names = ["customer_id", *(one.score for one in contracts)]
                yield pa.RecordBatch.from_arrays([part.column("customer_id"), *answers], names)

    return scored


def answer(batch: pa.RecordBatch, booster: lightgbm.Booster, contract: Contract) -> pa.Array:
    """The scores of one model for the customers of a batch, as `score` describes them."""
    rows = matrix(batch, contract.features, contract.categories, contract.label, contract.population)
    if len(rows.customer) == 0:
        return pa.nulls(batch.num_rows, _arrow_type(contract))
    # One thread: Spark runs as many tasks as there are cores.
    raw = np.asarray(booster.predict(rows.values, num_threads=1))
    millionths = np.rint(calibrated(raw, contract.calibration) * MONEY)
    if contract.categories:
        return _maps(batch.num_rows, rows, millionths / MONEY, contract)
    values = np.zeros(batch.num_rows)
    values[rows.customer] = millionths if _is_money(contract) else millionths / MONEY
    is_unknown = np.ones(batch.num_rows, dtype=bool)
    is_unknown[rows.customer] = False
    return pa.array(values, mask=is_unknown).cast(_arrow_type(contract))


def _maps(customers: int, rows: Matrix, scores: FloatArray, contract: Contract) -> pa.Array:
    """One map per customer with rows, null for the others; rows come by customer, then category."""
    counts = np.bincount(rows.customer, minlength=customers)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    starts = pa.array(offsets, pa.int32(), mask=np.append(counts == 0, False))
    names = pa.DictionaryArray.from_arrays(pa.array(rows.category), pa.array(contract.categories, pa.string()))
    return pa.MapArray.from_arrays(starts, names.cast(pa.string()), pa.array(scores))


def _is_money(contract: Contract) -> bool:
    return all_estimators()[contract.estimator].is_money


def _arrow_type(contract: Contract) -> pa.DataType:
    if contract.categories:
        return pa.map_(pa.string(), pa.float64())
    return pa.int64() if _is_money(contract) else pa.float64()


def _spark_type(contract: Contract) -> DataType:
    if contract.categories:
        return MapType(StringType(), DoubleType())
    return LongType() if _is_money(contract) else DoubleType()
