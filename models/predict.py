"""A batch of the feature table and one model -> the scores of its customers."""

from dataclasses import dataclass

import lightgbm
import numpy as np
import pyarrow as pa

from conf.micros import MICROS
from models.calibration import FloatArray, calibrated
from models.contract import Contract
from models.estimators.declaration import all_estimators
from models.matrix import Matrix, matrix

MOST = 1e12
"""No score in the currency is larger; its millionths still fit 64 bits."""


@dataclass(frozen=True)
class Prediction:
    """The scores of one model for the customers of a batch.

    Attributes:
        column: as `score` describes it.
        rows, scores: (m, p) and (m,) what it was made from, a probability or money in the currency for each row.
    """

    column: pa.Array
    rows: Matrix
    scores: FloatArray


def predict(batch: pa.RecordBatch, booster: lightgbm.Booster, contract: Contract) -> Prediction:
    """Score a batch with one model."""
    rows = matrix(batch, contract.features, contract.categories, contract.label, contract.population)
    if len(rows.customer) == 0:
        return Prediction(pa.nulls(batch.num_rows, arrow_type(contract)), rows, np.zeros(0))
    # One thread: Spark runs as many tasks as there are cores.
    raw = np.asarray(booster.predict(rows.values, num_threads=1))
    # What lies beyond becomes the most there is, and the gate of the values' table stops at that.
    millionths = np.rint(np.clip(calibrated(raw, contract.calibration), -MOST, MOST) * MICROS)
    scores = millionths / MICROS
    if contract.categories:
        return Prediction(_maps(batch.num_rows, rows, scores, contract), rows, scores)
    values = np.zeros(batch.num_rows)
    values[rows.customer] = millionths if is_money(contract) else scores
    is_unknown = np.ones(batch.num_rows, dtype=bool)
    is_unknown[rows.customer] = False
    return Prediction(pa.array(values, mask=is_unknown).cast(arrow_type(contract)), rows, scores)


def _maps(customers: int, rows: Matrix, scores: FloatArray, contract: Contract) -> pa.Array:
    """One map per customer with rows, null for the others; rows come by customer, then category."""
    counts = np.bincount(rows.customer, minlength=customers)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    starts = pa.array(offsets, pa.int32(), mask=np.append(counts == 0, False))
    names = pa.DictionaryArray.from_arrays(pa.array(rows.category), pa.array(contract.categories, pa.string()))
    return pa.MapArray.from_arrays(starts, names.cast(pa.string()), pa.array(scores))


def is_money(contract: Contract) -> bool:
    """Whether it predicts money; else probabilities."""
    return all_estimators()[contract.estimator].is_money


def arrow_type(contract: Contract) -> pa.DataType:
    """The type of its scores' column."""
    if contract.categories:
        return pa.map_(pa.string(), pa.float64())
    return pa.int64() if is_money(contract) else pa.float64()
