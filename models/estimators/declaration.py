"""How a kind of estimator is declared, and the list of all that are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conf.own_modules import own_modules
from models.calibration import FloatArray, Isotonic, Line, Platt, Scale
from models.estimators.training_data import TrainingData

Settings = Mapping[str, int | float | str | bool]


@dataclass(frozen=True)
class Fitted:
    """What an estimator made of its training data.

    Attributes:
        text: the Booster's native text; the one thing that is kept and scores.
        facts: what validation chose, and how near the others came; logged beside the parameters.
        rivals: name -> text of a Booster whose ranking this one has to beat; measured on the test cut-off and not kept.
    """

    text: str
    facts: Mapping[str, str | float] = field(default_factory=dict)
    rivals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Estimator:
    """One kind.

    Attributes:
        fit: training data, settings that models.yaml gives, seed -> a Booster.
        calibrate: raw scores and what came of them at the calibration cut-off -> plain numbers.
        is_money: whether it answers money.
        is_uplift: whether it answers a difference of two probabilities, -1 to 1, from a label that has arms;
            neither: a probability.
    """

    name: str
    fit: Callable[[TrainingData, Settings, int], Fitted]
    calibrate: Callable[[FloatArray, FloatArray], Isotonic | Platt | Scale | Line]
    is_money: bool = False
    is_uplift: bool = False


def all_estimators() -> dict[str, Estimator]:
    """Every kind by name: each file of this folder that has an ESTIMATOR."""
    by_name = {}
    for module in own_modules("models.estimators").values():
        estimator = getattr(module, "ESTIMATOR", None)
        if estimator is not None:
            by_name[estimator.name] = estimator
    return dict(sorted(by_name.items()))
