"""How often the values of one column fall into each of its bins."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from conf.strict import Strict

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SHARES = tuple(tenth / 10 for tenth in range(1, 10))
"""The edges of a number lie at these quantiles of the rows that they are made from."""


class Histogram(Strict):
    """Bins and the rows in them.

    Attributes:
        column: the feature or the score.
        edges: of a number: bin k holds what is above edge k - 1 and at most edge k; the last bin of a value is open.
        texts: of a text: one bin each; None for a number.
        counts: rows per bin; after the bins of values comes what is missing, and for a text what was never seen.
    """

    column: str
    edges: tuple[float, ...] = ()
    texts: tuple[str, ...] | None = None
    counts: tuple[int, ...]


def of_numbers(column: str, values: FloatArray) -> Histogram:
    """The histogram of (n,) numbers, NaN where missing, with edges of its own."""
    present = values[~np.isnan(values)]
    # A quantile that is one of the values, so that no rounding can put a value on the other side of its own edge.
    edges = np.unique(np.quantile(present, SHARES, method="inverted_cdf")) if len(present) else np.zeros(0)
    counts = number_counts(values, edges.tolist())
    return Histogram(column=column, edges=tuple(edges.tolist()), counts=tuple(counts.tolist()))


def of_texts(column: str, codes: IntArray, texts: Sequence[str]) -> Histogram:
    """The histogram of (n,) codes as `text_codes` gives them."""
    return Histogram(column=column, texts=tuple(texts), counts=tuple(text_counts(codes, len(texts)).tolist()))


def number_counts(values: FloatArray, edges: Sequence[float]) -> IntArray:
    """(len(edges) + 2,) rows per bin of a number.

    One comparison per edge is faster than a search per value as long as edges are few.
    """
    below = [np.count_nonzero(values <= edge) for edge in edges]
    missing = np.count_nonzero(np.isnan(values))
    return np.array([*np.diff([0, *below, len(values) - missing]), missing], dtype=np.int64)


def text_codes(column: pa.Array, texts: Sequence[str]) -> IntArray:
    """(n,) position in `texts`; len(texts) where missing, and one more where the text is none of them."""
    codes = pc.fill_null(pc.index_in(column, value_set=pa.array(texts, pa.string())), len(texts) + 1)
    missing = np.asarray(column.is_null().to_numpy(zero_copy_only=False), dtype=bool)
    return np.where(missing, len(texts), codes.to_numpy()).astype(np.int64)


def text_counts(codes: IntArray, texts: int) -> IntArray:
    """(texts + 2,) rows per bin of a text."""
    return np.bincount(codes, minlength=texts + 2).astype(np.int64)
