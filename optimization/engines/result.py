"""What every engine returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimization.bound import Prices
from optimization.proof import Proof


@dataclass(frozen=True)
class Answer:
    """Claims of an engine, each of which the certificate checks.

    Attributes:
        chosen: (k,) places in the program, ascending; None: no plan was found.
        prices: of the rows, for the bound and as shadow prices.
        tree: where the prices alone leave too wide a gap: parts of all plans with prices of their own.
        passes: times that all candidates were looked at.
    """

    chosen: NDArray[np.int64] | None
    prices: Prices
    tree: Proof | None
    passes: int
