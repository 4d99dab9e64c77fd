"""models.yaml: which scores exist, what each predicts, for whom, and how good it must be."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from conf.strict import Days, FormulaWord, Name, Names, Strict, Word


class Label(Strict):
    """What is predicted, over the `window_days` that begin on the cut-off.

    no_purchase: 1 if the customer buys nothing. spend: money spent, or margin earned where `of: margin`.
    buys_category: per category not bought in the last `not_bought_days`: 1 if it is bought.
    responds: customers contacted within `contact_days` of the cut-off: 1 if they respond within the window.
    uplift: customers contacted, or kept back in a control arm, within `contact_days` of the cut-off: how much
    likelier a contact makes it that they respond, or buy where `by: purchase`.
    """

    kind: Literal["no_purchase", "spend", "buys_category", "responds", "uplift"]
    window_days: Days
    not_bought_days: Days | None = None
    contact_days: Days = 30
    of: Literal["amount", "margin"] = "amount"
    by: Literal["response", "purchase"] = "response"

    @model_validator(mode="after")
    def _coherent(self) -> "Label":
        if (self.kind == "buys_category") != (self.not_bought_days is not None):
            raise ValueError("not_bought_days goes with kind buys_category, and only with it")
        return self

    @property
    def horizon_days(self) -> int:
        """Days after the cut-off until the label is complete."""
        return self.window_days + (self.contact_days if self.kind in ("responds", "uplift") else 0)


class Population(Strict):
    """Whom the model is about: customers with a purchase in the last days; by default everybody."""

    purchased_within_days: Days | None = None


class CutOffs(Strict):
    """The dates the model learns at: the newest complete one tests, the rest train but for the one before it.

    That one, the calibration cut-off, says when to stop adding trees, then calibrates.
    """

    training: Annotated[int, Field(ge=1, le=60)] = 4
    every_days: Days = 30


class Gate(Strict):
    """What one metric must reach on the test cut-off.

    Attributes:
        min, max: floor and ceiling.
        better_than_baseline: the figure must be above that of every naive forecast.
        max_worse_than_champion: by how much it may be worse than the champion's on the same rows.
    """

    min: float | None = None
    max: float | None = None
    better_than_baseline: bool = False
    max_worse_than_champion: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> "Gate":
        if not self.better_than_baseline and (self.min, self.max, self.max_worse_than_champion) == (None, None, None):
            raise ValueError("a gate asks for min, max, better_than_baseline or max_worse_than_champion")
        return self


class PropensityFor(Strict):
    """The offers for which this model's score is the word `propensity` in formulas."""

    objective: Names | None = None
    offers: Names | None = None


OF_GROUPS = ("customers", "is_new")
"""What tables of groups have beside attributes and scores."""
OF_NEWCOMERS = ("offer_id", "offer_name", "channel", "value", "cost", "charge", "worth")
"""What newcomers.csv has beside attributes and customers."""


class WhenUnknown(Strict):
    """Whose score a customer gets of whom the model knows nothing: one without purchases, or outside its population.

    It is the mean score of the group among the customers whom the model scores tonight, shrunk to that of the group
    with one attribute less, down to all: (n * mean + at_least * mean of the wider group) / (n + at_least).

    Attributes:
        by: attributes of customers, the most telling first.
        at_least: of so many customers on, a group's own mean weighs more than that of the wider group.
    """

    by: tuple[FormulaWord, ...] = ()
    at_least: Annotated[int, Field(ge=1, le=1_000_000)] = 200

    @field_validator("by")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"the attribute {twice!r} is named twice")
        taken = next((name for name in names if name in OF_GROUPS + OF_NEWCOMERS), None)
        if taken:
            raise ValueError(f"newcomers.csv has a column {taken!r} of its own; map the attribute under another name")
        return names


class Model(Strict):
    """One model.

    Attributes:
        score: its name in formulas and rules.
        features: names of features; by default all that the deployment's sources allow.
        settings: LightGBM settings that differ from the estimator's own; `num_trees` is the most there may be.
        min_category_buyers: categories with fewer buyers in training are not scored.
        gates: metric -> what it must reach before a version may be promoted. Beside the metrics of forecasts there are
            `score_psi` (how far the scores moved from the calibration cut-off to the test) and `rows_per_second`
            (scored by one core).
        when_unknown: what stands for the score of customers of whom the model knows nothing; by default nothing.
    """

    score: Word
    estimator: Name
    label: Label
    population: Population = Population()
    features: Names | None = None
    cut_offs: CutOffs = CutOffs()
    settings: dict[str, int | float | str | bool] = {}
    min_category_buyers: Annotated[int, Field(ge=1)] = 50
    propensity_for: PropensityFor | None = None
    when_unknown: WhenUnknown | None = Field(default=None, exclude_if=lambda fallback: fallback is None)
    gates: dict[str, Gate] = {}


class Models(Strict):
    """The whole of models.yaml.

    Attributes:
        max_training_customers: trainings learn from a sample of about so many, with all their rows at every cut-off.
    """

    max_training_customers: Annotated[int, Field(ge=100)] = 30_000
    models: Annotated[dict[Name, Model], Field(min_length=1)]

    @property
    def with_groups(self) -> dict[str, WhenUnknown]:
        """Model -> whose score stands for its own where it knows nothing, of the models that say so."""
        return {name: model.when_unknown for name, model in self.models.items() if model.when_unknown is not None}

    @property
    def group_attributes(self) -> tuple[str, ...]:
        """Every attribute by which any of them groups customers."""
        return tuple(dict.fromkeys(name for fallback in self.with_groups.values() for name in fallback.by))

    @model_validator(mode="after")
    def _scores_are_unique(self) -> "Models":
        scores = [model.score for model in self.models.values()]
        twice = sorted({score for score in scores if scores.count(score) > 1})
        if twice:
            raise ValueError(f"two models are called {twice[0]!r} in formulas; give each its own score")
        taken = [self.models[name].score for name in self.with_groups if self.models[name].score in OF_GROUPS]
        if taken:
            raise ValueError(f"tables of groups have a column {taken[0]!r} of their own; give the score another name")
        return self
