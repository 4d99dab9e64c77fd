"""The dates a model learns, calibrates and is tested at."""

from dataclasses import dataclass
from datetime import date, timedelta

from conf.models import Model
from models.errors import CannotTrain


@dataclass(frozen=True)
class CutOffPlan:
    """Cut-offs whose label windows do not overlap from one part to the next.

    Attributes:
        test: the newest date whose label is complete; figures are measured here.
        calibration: its label window ends before the test window begins.
        training: newest first; their label windows end before the calibration window begins.
    """

    test: date
    calibration: date
    training: tuple[date, ...]

    @property
    def dates(self) -> tuple[date, ...]:
        """All of them, newest first."""
        return (self.test, self.calibration, *self.training)


def plan_cut_offs(name: str, model: Model, as_of: date, history_start: date) -> CutOffPlan:
    """The cut-offs of one training; as many for training as asked for and as the history allows.

    Args:
        name: of the model, for the error.
        as_of: data dated on or after it is unknown.
        history_start: the first day with data; a cut-off needs `every_days` of history before it.

    Raises:
        CannotTrain: not even one training cut-off fits.
    """
    horizon = timedelta(days=model.label.horizon_days)
    every = timedelta(days=model.cut_offs.every_days)
    test = as_of - horizon
    calibration = test - max(horizon, every)
    newest = calibration - max(horizon, every)
    asked = [newest - every * step for step in range(model.cut_offs.training)]
    training = tuple(one for one in asked if one - every >= history_start)
    if not training:
        needed = as_of - (newest - every)
        raise CannotTrain(
            f"model {name!r}: training as of {as_of} needs {needed.days} days of history "
            f"and the data begin on {history_start}; shorten label.window_days or cut_offs.every_days"
        )
    return CutOffPlan(test, calibration, training)
