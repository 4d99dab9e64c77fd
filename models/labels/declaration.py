"""How a kind of label is declared, and the list of all that are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from pyspark.sql import Column

from conf.models import Label
from conf.own_modules import own_modules
from models.histories import History
from models.windowed import Rows

Outcome = Callable[[Rows, Label], Column]
Naive = Callable[[Label], Mapping[str, float]]
"""A naive forecast that needs no model: feature -> weight, summed; nothing: the same for everybody."""


@dataclass(frozen=True)
class LabelKind:
    """What happens after a cut-off.

    Attributes:
        history: the rows it looks at, from the cut-off on.
        answer: "probability" of a yes (1) or no (0); "money"; "categories": a yes or no for each category.
        if_none: the outcome of a customer without such rows; None: the label is not about that customer.
        naive: name -> the forecast one would make without a model, to be beaten.
        outcome: the aggregate over the rows ahead of one customer.
        arm: for a label of two arms: the aggregate that is 1 for treatment, 0 for control.
    """

    name: str
    history: History
    answer: Literal["probability", "money", "categories"]
    if_none: float | None
    naive: Mapping[str, Naive]
    outcome: Outcome
    arm: Outcome | None = None


_declared: dict[str, LabelKind] = {}


def label_kind(
    history: History,
    *,
    answer: Literal["probability", "money", "categories"],
    if_none: float | None = None,
    naive: Mapping[str, Naive] | None = None,
    arm: Outcome | None = None,
) -> Callable[[Outcome], Outcome]:
    """Declare a kind of label; the function's name is the kind."""

    def declare(outcome: Outcome) -> Outcome:
        name = outcome.__name__
        _declared[name] = LabelKind(name, history, answer, if_none, naive or {}, outcome, arm)
        return outcome

    return declare


def all_label_kinds() -> dict[str, LabelKind]:
    """Every declared kind of label, by name."""
    own_modules("models.labels")
    return dict(sorted(_declared.items()))
