"""The result that every engine returns; none of it is believed before it is recounted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimization.bound import Prices
from optimization.proof import Proof


@dataclass(frozen=True)
class EngineResult:
    """Claims of an engine, each of which is checked (`certificate`, `proof`).

    Attributes:
        chosen: (k,) positions in the program, ascending; None: no plan was found.
        prices: one per row, for the bound and as shadow prices.
        tree: where the prices alone leave too wide a gap, the branches with prices for each leaf.
        passes: the number of passes over all candidates.
    """

    chosen: NDArray[np.int64] | None
    prices: Prices
    tree: Proof | None
    passes: int
