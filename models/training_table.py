"""Sources -> features and outcomes at every cut-off of every model, on the driver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.models import Label, Model
from models.customer_sample import customer_sample
from models.errors import CannotTrain
from models.feature_table import KEYS, feature_table
from models.features.declaration import Feature
from models.histories import History
from models.labels.declaration import LabelKind, all_label_kinds
from models.sources import Sources
from models.windowed import Rows


def outcome_table(sources: Sources, labels: Mapping[str, Label], as_ofs: Sequence[date]) -> DataFrame:
    """The outcome of each label for each customer from each date on.

    Args:
        sources: the history, which must reach to the last date plus the label's `horizon_days`.
        labels: name -> label; the answer is the column `label_<name>`.
        as_ofs: the cut-offs; their own day belongs to the label window.

    Returns:
        as_of, customer_id, and per label a double (money in units of the currency) or the categories bought
        (array of text); missing where the label is not about the customer. A label of two arms adds `arm_<name>`:
        1 for treatment, 0 for control.

    Raises:
        CannotTrain: a label needs a table that the deployment does not have.
    """
    kinds = all_label_kinds()
    dates = F.explode(F.array(*[F.lit(label) for label in sorted(set(as_ofs))]))
    table = sources.customers.select(dates.alias("as_of"), "customer_id")
    for history in sorted({kinds[label.kind].history.name for label in labels.values()}):
        group = {name: label for name, label in labels.items() if kinds[label.kind].history.name == history}
        table = table.join(_aggregated(sources, group, as_ofs), KEYS, "left")
    answers = [_answer(f"label_{name}", kinds[labels[name].kind]).alias(f"label_{name}") for name in sorted(labels)]
    arms = [F.col(f"arm_{name}").cast("double") for name in sorted(labels) if kinds[labels[name].kind].arm]
    return table.select(*KEYS, *answers, *arms)


def _aggregated(sources: Sources, labels: Mapping[str, Label], as_ofs: Sequence[date]) -> DataFrame:
    kinds = {name: all_label_kinds()[label.kind] for name, label in labels.items()}
    history = next(iter(kinds.values())).history
    if not history.is_in(sources):
        raise CannotTrain(f"model {next(iter(labels))!r}: its label needs {history.source}; the deployment has none")
    ahead = Rows(history, None, is_ahead=True)
    columns = [kinds[name].outcome(ahead, label).alias(f"label_{name}") for name, label in labels.items()]
    arms = [(name, kind.arm) for name, kind in kinds.items()]
    columns += [arm(ahead, labels[name]).alias(f"arm_{name}") for name, arm in arms if arm]
    return history.after(sources, as_ofs).groupBy(*KEYS).agg(*columns)


def _answer(column: str, kind: LabelKind) -> Column:
    if kind.answer == "categories":
        return F.coalesce(F.col(column), F.array().cast("array<string>"))
    answer = F.col(column).cast("double")
    return answer if kind.if_none is None else F.coalesce(answer, F.lit(float(kind.if_none)))


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
    training = tuple(cut_off for cut_off in asked if cut_off - every >= history_start)
    if not training:
        needed = as_of - (newest - every)
        raise CannotTrain(
            f"model {name!r}: training as of {as_of} needs {needed.days} days of history "
            f"and the data begin on {history_start}; shorten label.window_days or cut_offs.every_days"
        )
    return CutOffPlan(test, calibration, training)


@dataclass(frozen=True)
class TrainingTable:
    """What the models of one training learn from.

    Attributes:
        as_of: nothing dated on or after it is in the table.
        plans: model -> its cut-offs.
        rows: features, `label_<model>` and `customer_number`, sorted by as_of and customer_id.
        attributes: attribute column -> "text" or "number".
        further_features: as Sources has them.
    """

    as_of: date
    plans: Mapping[str, CutOffPlan]
    rows: pa.Table
    attributes: Mapping[str, str]
    further_features: Sequence[Feature] = ()


def training_table(
    sources: Sources, models: Mapping[str, Model], as_of: date, *, max_customers: int, seed: int
) -> TrainingTable:
    """Features and outcomes of all models at all their cut-offs, in one pass over each source.

    Args:
        sources: the history before as_of; later rows must not be in it.
        models: name -> settings.
        as_of: the newest cut-off's label window ends before it.
        max_customers: a sample of about so many is learnt from, so that the driver's memory does not grow with them.
        seed: of the sample.

    Raises:
        CannotTrain: the data begin too late for a model.
    """
    kinds = {name: all_label_kinds()[model.label.kind] for name, model in models.items()}
    day_of = {name: (kind.history.source, kind.history.day) for name, kind in kinds.items()}
    histories = {day_of[name]: kind.history for name, kind in kinds.items()}  # one look at a column that several share
    start = {day: first_day(history, sources) for day, history in histories.items()}
    plans = {name: plan_cut_offs(name, model, as_of, start[day_of[name]]) for name, model in models.items()}
    dates = sorted({cut_off for plan in plans.values() for cut_off in plan.dates})
    labels = {name: model.label for name, model in models.items()}
    some = customer_sample(sources, max_customers, seed=seed)
    rows = in_canonical_order(training_set(some, dates, labels))
    return TrainingTable(as_of, plans, rows, dict(sources.attributes), tuple(sources.further_features))


def training_set(sources: Sources, cut_offs: Sequence[date], labels: Mapping[str, Label]) -> DataFrame:
    """Features as known at each cut-off, made by the code of the night, beside what happened after it.

    Args:
        sources: must reach to each cut-off plus the `horizon_days` of the labels that are read at it.
        cut_offs: the dates; `plan_cut_offs` chooses them so that no label window reaches into a later part's.
        labels: model -> label; the outcome of each is the column `label_<model>`.
    """
    return feature_table(sources, cut_offs).join(outcome_table(sources, labels, cut_offs), KEYS)


def in_canonical_order(rows: DataFrame) -> pa.Table:
    """The rows on the driver, sorted by date and customer, with `customer_number`, the same at every date."""
    table = rows.toArrow().sort_by([(key, "ascending") for key in KEYS])
    number = pc.dictionary_encode(table["customer_id"]).combine_chunks().indices.cast(pa.int64())
    return table.append_column("customer_number", number)


def first_day(history: History, sources: Sources) -> date:
    """The first day with any row in the history.

    Raises:
        CannotTrain: there is none.
    """
    table = getattr(sources, history.source)
    day = None if table is None else table.agg(F.min(history.day).alias("day")).first()
    if day is None or day["day"] is None:
        raise CannotTrain(f"a label needs {history.source}, and there is not one row of them")
    first: date = day["day"]
    return first
