"""What features and scores look like: counted in training once, and every night in the same bins."""

from collections.abc import Sequence

import lightgbm
import numpy as np
import pyarrow as pa

from models.contract import Contract, FeatureColumn
from models.histogram import (
    FloatArray,
    Histogram,
    IntArray,
    number_counts,
    of_numbers,
    of_texts,
    text_codes,
    text_counts,
)
from models.histories import MONEY
from models.matrix import Matrix
from models.probe import fingerprint_of, raw_answers


def reference(
    features: Sequence[FeatureColumn], values: FloatArray, score: str, scores: FloatArray
) -> tuple[Histogram, ...]:
    """The histograms to store in a contract.

    Args:
        features: the columns of the matrix, in order; a last one for the category is not counted.
        values: (n, p) the rows that the model learnt from.
        score: its name.
        scores: (m,) calibrated scores of rows that it did not learn from: of those it did, they are too sure.
    """
    columns = [_of_training(one, values[:, place]) for place, one in enumerate(features)]
    as_at_night = np.rint(scores * MONEY) / MONEY  # a tie must not fall on the other side of its edge
    return (*columns, of_numbers(score, as_at_night))


def remembered(contract: Contract, booster: lightgbm.Booster, values: FloatArray, scores: FloatArray) -> Contract:
    """The contract of a training with what the night compares with: see `reference`, and what its Booster answers."""
    found = reference(contract.features, values, contract.score, scores)
    return contract.model_copy(update={"answers": fingerprint_of(raw_answers(booster)), "reference": found})


def _of_training(one: FeatureColumn, values: FloatArray) -> Histogram:
    """In training every text that occurs has a code."""
    if one.type == "number":
        return of_numbers(one.name, values)
    codes = np.where(np.isnan(values), len(one.values), values).astype(np.int64)
    return of_texts(one.name, codes, one.values)


def counted(batch: pa.RecordBatch, rows: Matrix, scores: FloatArray, contract: Contract) -> IntArray:
    """The night's rows in the bins of the contract's reference, all histograms one after the other.

    Args:
        batch: the feature table's rows, for texts that the model never saw.
        rows: (m, p) what was scored of them.
        scores: (m,) the calibrated scores.
        contract: its reference has one histogram for each feature and one for the score.
    """
    *of_features, of_score = contract.reference
    columns = np.ascontiguousarray(rows.values.T)
    parts = [
        number_counts(columns[place], one.edges)
        if one.texts is None
        else text_counts(text_codes(batch.column(one.column), one.texts)[rows.customer], len(one.texts))
        for place, one in enumerate(of_features)
    ]
    return np.concatenate([*parts, number_counts(scores, of_score.edges)])


def in_bins_of(contract: Contract, counts: IntArray) -> tuple[Histogram, ...]:
    """Histograms from the sum of what `counted` gave."""
    ends = np.cumsum([len(one.counts) for one in contract.reference])
    parts = np.split(counts, ends[:-1])
    return tuple(
        one.model_copy(update={"counts": tuple(part.tolist())})
        for one, part in zip(contract.reference, parts, strict=True)
    )
