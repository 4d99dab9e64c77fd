"""Sums of int64 amounts in exact integers, whatever their size and number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK = 2**14
"""Amounts at a time, so that the halves stay in the processor's cache and their sums within int64."""
LOW_BITS = 32
LOW = 2**LOW_BITS - 1


def exact_sum(amounts: NDArray[np.signedinteger]) -> int:
    """The exact sum.

    High and low 32 bits are added up apart: a chunk of halves cannot leave int64.

    >>> exact_sum(np.full(1_000, 2**62))
    4611686018427387904000
    """
    total = 0
    for first in range(0, len(amounts), CHUNK):
        chunk = amounts[first : first + CHUNK].astype(np.int64, copy=False)
        total += (int((chunk >> LOW_BITS).sum()) << LOW_BITS) + int((chunk & LOW).sum())
    return total
