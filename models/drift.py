"""How far features and scores have moved: the population stability index, and how much of it chance alone makes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from models.histogram import FloatArray, Histogram, number_counts, of_numbers

BY_CHANCE = 0.999
"""A stable column stays below `Drift.chance` in so many nights out of 1."""


@dataclass(frozen=True)
class Drift:
    """One column of one model, compared with another time.

    Attributes:
        model: whose rows and bins.
        column: a feature, or the model's score.
        is_score: which of the two.
        against: the other time: `training`, or the date of the last night.
        psi: population stability index.
        chance: what it may reach although nothing moved, because rows are few.
        rows: counted in this night.
    """

    model: str
    column: str
    is_score: bool
    against: str
    psi: float
    chance: float
    rows: int


def drifts(model: str, against: str, before: Sequence[Histogram], now: Sequence[Histogram]) -> list[Drift]:
    """One comparison per column that was counted both times in the same bins; the last column is the score.

    Where nothing was counted at one of the times there is nothing to compare.
    """
    bins_before = {histogram.column: histogram for histogram in before}
    pairs = [
        (bins_before[now_in_bins.column], now_in_bins)
        for now_in_bins in now
        if now_in_bins.column in bins_before and _have_same_bins(bins_before[now_in_bins.column], now_in_bins)
    ]
    return [
        Drift(
            model,
            pair.column,
            pair is now[-1],
            against,
            round(psi(was.counts, pair.counts), 6),
            round(chance(was.counts, pair.counts), 6),
            sum(pair.counts),
        )
        for was, pair in pairs
        if sum(was.counts) and sum(pair.counts)
    ]


def psi(before: Sequence[int], now: Sequence[int]) -> float:
    """Sum over bins of (share now - share before) * log(share now / share before); 0: the shares are the same.

    Half a row is added to each bin: an empty one would make it infinite.

    Args:
        before, now: rows per bin; not all 0.

    Source: Siddiqi (2006), Credit Risk Scorecards, chapter 6; by custom 0.1 is a change to look at, 0.25 a large one.
    """
    was, is_ = ((np.asarray(counts) + 0.5) / (sum(counts) + 0.5 * len(counts)) for counts in (before, now))
    return float(np.sum((is_ - was) * np.log(is_ / was)))


def psi_of_scores(before: FloatArray, now: FloatArray) -> float:
    """The same of two sets of scores, in the bins of the first; NaN where either has none."""
    if len(before) == 0 or len(now) == 0:
        return float("nan")
    was = of_numbers("score", before)
    return psi(was.counts, number_counts(now, was.edges).tolist())


def chance(before: Sequence[int], now: Sequence[int]) -> float:
    """What the index stays below in `BY_CHANCE` of all cases if both are drawn from the same distribution.

    Source: Yurdakul, Naranjo (2020), Journal of Risk Model Validation 14: with n and m rows in B bins the index is
    (1/n + 1/m) times a chi-square variable of B - 1 degrees.
    """
    used = sum(was + is_now > 0 for was, is_now in zip(before, now, strict=True))
    return float(chi2.ppf(BY_CHANCE, max(used - 1, 1)) * (1 / sum(before) + 1 / sum(now)))


def _have_same_bins(before: Histogram, other: Histogram) -> bool:
    return (before.edges, before.texts) == (other.edges, other.texts)
