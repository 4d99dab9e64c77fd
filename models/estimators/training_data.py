"""What an estimator learns from: rows of the training cut-offs, and those of the cut-off that says when to stop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.calibration import FloatArray
from models.errors import CannotTrain


@dataclass(frozen=True)
class Split:
    """n rows in canonical order: the order of rows decides ties.

    Attributes:
        values: (n, p) float64, NaN where missing.
        outcome: (n,) what is learnt: 0 or 1, or money.
        arm: (n,) 1 for treatment, 0 for control; None where the label has no arms.
        weight: (n,) how much a row counts; None: all the same.
    """

    values: FloatArray
    outcome: FloatArray
    arm: FloatArray | None = None
    weight: FloatArray | None = None

    def where(self, chosen: NDArray[np.bool_]) -> "Split":
        """The rows for which `chosen`, (n,), is true."""
        arm, weight = (None if values is None else values[chosen] for values in (self.arm, self.weight))
        return Split(self.values[chosen], self.outcome[chosen], arm, weight)

    def in_arm(self, arm: int) -> "Split":
        """The rows of one arm.

        Raises:
            CannotTrain: the label has no arms.
        """
        if self.arm is None:
            raise CannotTrain("an estimator of uplift needs a label with a treatment and a control arm: kind uplift")
        return self.where(self.arm == arm)

    def about(self, outcome: FloatArray, weight: FloatArray | None = None) -> "Split":
        """The same rows with something else to learn."""
        return replace(self, outcome=outcome, weight=weight)


@dataclass(frozen=True)
class TrainingData:
    """Rows to learn from and rows to stop at.

    Attributes:
        training: of the training cut-offs.
        validation: of the calibration cut-off, which is later; trees are added as long as they help here.
        names: (p,) names of the columns.
        text: names of the columns that hold positions in a list of texts.
    """

    training: Split
    validation: Split
    names: Sequence[str]
    text: Sequence[str]

    def each(self, change: Callable[[Split], Split]) -> "TrainingData":
        """The same done to both parts."""
        return replace(self, training=change(self.training), validation=change(self.validation))
