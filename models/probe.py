"""What a Booster answers to fixed rows: the same here and now as where it was trained."""

from hashlib import sha256

import lightgbm
import numpy as np
from numpy.typing import NDArray

ROWS = 24
_SCALES = np.array([0.01, 1.0, 30.0, 1e4])


def probe_rows(columns: int) -> NDArray[np.float64]:
    """(ROWS, columns) numbers of several sizes, of both signs, some missing; the same on every machine."""
    row, column = np.arange(ROWS)[:, None], np.arange(columns)[None, :]
    values = ((row * 31 + column * 17) % 101 - 20) * _SCALES[row % len(_SCALES)]
    return np.where((row + column) % 7 == 0, np.nan, values)


def raw_answers(booster: lightgbm.Booster) -> NDArray[np.float64]:
    """(ROWS,) sums of leaves: the order of additions is that of the trees, so that not a bit may differ."""
    rows = probe_rows(booster.num_feature())
    return np.asarray(booster.predict(rows, raw_score=True, num_threads=1), dtype=np.float64)


def fingerprint_of(answers: NDArray[np.float64]) -> str:
    """SHA-256 of the answers' bits."""
    return sha256(answers.astype("<f8").tobytes()).hexdigest()
