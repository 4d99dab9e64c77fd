"""What features and scores look like: counted in training once, and every night in the same bins."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from conf.micros import MICROS
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

if TYPE_CHECKING:
    import lightgbm
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
    columns = [_of_training(feature, values[:, place]) for place, feature in enumerate(features)]
    as_at_night = np.rint(scores * MICROS) / MICROS  # a tie must not fall on the other side of its edge
    return (*columns, of_numbers(score, as_at_night))


def remembered(contract: Contract, booster: "lightgbm.Booster", values: FloatArray, scores: FloatArray) -> Contract:
    """The contract of a training with what the night compares with: see `reference`, and what its Booster answers."""
    histograms = reference(contract.features, values, contract.score, scores)
    return contract.model_copy(update={"answers": fingerprint_of(raw_answers(booster)), "reference": histograms})


def _of_training(feature: FeatureColumn, values: FloatArray) -> Histogram:
    """In training every text that occurs has a code."""
    if feature.type == "number":
        return of_numbers(feature.name, values)
    codes = np.where(np.isnan(values), len(feature.values), values).astype(np.int64)
    return of_texts(feature.name, codes, feature.values)


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
        number_counts(columns[place], feature.edges)
        if feature.texts is None
        else text_counts(text_codes(batch.column(feature.column), feature.texts)[rows.customer], len(feature.texts))
        for place, feature in enumerate(of_features)
    ]
    return np.concatenate([*parts, number_counts(scores, of_score.edges)])


def in_bins_of(contract: Contract, counts: IntArray) -> tuple[Histogram, ...]:
    """Histograms from the sum of what `counted` gave."""
    ends = np.cumsum([len(histogram.counts) for histogram in contract.reference])
    parts = np.split(counts, ends[:-1])
    return tuple(
        histogram.model_copy(update={"counts": tuple(part.tolist())})
        for histogram, part in zip(contract.reference, parts, strict=True)
    )
