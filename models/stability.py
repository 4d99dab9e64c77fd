"""How far scores have moved from one date to another."""

import numpy as np

from models.calibration import FloatArray

BINS = 10
_LEAST_SHARE = 1e-4
"""An empty bin counts as this share, so that the index stays finite; it is then large."""


def population_stability_index(before: FloatArray, now: FloatArray) -> float:
    """Sum over the tenths of `before` of (share now − share before) × log(share now / share before).

    Below 0.1 nothing has moved, above 0.25 the population is another one, as scorecards are commonly read. Equal scores
    stay in one bin, so there may be fewer than ten. NaN where either has no rows.

    Source: Siddiqi (2006), Credit Risk Scorecards, on monitoring.
    """
    if len(before) == 0 or len(now) == 0:
        return float("nan")
    edges = np.unique(np.quantile(before, np.linspace(0, 1, BINS + 1)[1:-1], method="inverted_cdf"))
    shares = [_shares(np.searchsorted(edges, one, side="left"), len(edges) + 1) for one in (before, now)]
    return float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))


def _shares(bins: np.ndarray[tuple[int, ...], np.dtype[np.int64]], size: int) -> FloatArray:
    return np.maximum(np.bincount(bins, minlength=size) / len(bins), _LEAST_SHARE)
