"""Sources -> features and outcomes at every cut-off of every model, on the driver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from conf.models import Label, Model
from models.customer_sample import customer_sample
from models.cut_offs import CutOffPlan, plan_cut_offs
from models.errors import CannotTrain
from models.feature_table import KEYS, feature_table
from models.histories import History
from models.labels.declaration import all_label_kinds
from models.outcome_table import outcome_table
from models.sources import Sources


@dataclass(frozen=True)
class TrainingTable:
    """What the models of one training learn from.

    Attributes:
        as_of: nothing dated on or after it is in the table.
        plans: model -> its cut-offs.
        rows: features, `label_<model>` and `customer_number`, sorted by as_of and customer_id.
        attributes: attribute column -> "text" or "number".
    """

    as_of: date
    plans: Mapping[str, CutOffPlan]
    rows: pa.Table
    attributes: Mapping[str, str]


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
    start = {history: first_day(history, sources) for history in {kind.history for kind in kinds.values()}}
    plans = {name: plan_cut_offs(name, model, as_of, start[kinds[name].history]) for name, model in models.items()}
    dates = sorted({one for plan in plans.values() for one in plan.dates})
    labels = {name: model.label for name, model in models.items()}
    some = customer_sample(sources, max_customers, seed=seed)
    rows = in_canonical_order(training_set(some, dates, labels))
    return TrainingTable(as_of, plans, rows, dict(sources.attributes))


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
