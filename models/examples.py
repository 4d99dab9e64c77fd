"""The training table -> rows of one model with what happened to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from conf.models import Model
from models.calibration import FloatArray
from models.columns import Columns
from models.contract import Contract
from models.labels.declaration import all_label_kinds
from models.matrix import IntArray, Matrix, matrix, places


@dataclass(frozen=True)
class Examples:
    """n rows whose outcome is known, in canonical order: by cut-off, customer, category.

    Attributes:
        values: (n, p) float64, NaN where missing.
        outcome: (n,) the label: 0 or 1, or money.
        customer: (n,) an integer per customer.
        category: (n,) position in the model's categories; None for a model of customers.
        naive: name -> (n,) forecast without a model.
        arm: (n,) 1 for treatment, 0 for control; None where the label has no arms.
    """

    values: FloatArray
    outcome: FloatArray
    customer: IntArray
    category: IntArray | None
    naive: Mapping[str, FloatArray]
    arm: FloatArray | None = None

    @property
    def target(self) -> FloatArray:
        """(n,) what forecasts are held against: the outcome; with two arms, what the contact changed.

        Nobody is seen in both arms. A response less the mean of all, divided by the chance of the arm it was seen in
        and negative for control, is on average what the contact changed for such a customer; its mean over all rows is
        the difference between the arms. The chance is taken to be the same for all rows.

        Source: the transformed outcome of Athey, Imbens (2015), arXiv 1504.01132, centred.
        """
        if self.arm is None:
            return self.outcome
        share = self.arm.mean()
        changed = (self.outcome - self.outcome.mean()) * (self.arm - share) / (share * (1 - share))
        return np.asarray(changed, dtype=np.float64)


def examples(table: pa.Table, name: str, model: Model | Contract, columns: Columns, dates: Sequence[date]) -> Examples:
    """The rows of the model at these cut-offs whose label is known.

    Args:
        table: features and outcomes, sorted by as_of and customer_id.
        name: of the model, whose outcome is the column `label_<name>`.
        model: its label and its population.
        columns: of its matrix.
        dates: the cut-offs.
    """
    parts = [_at(cut_off, name, model, columns) for cut_off in _batches(table, dates)]
    categories = [part.category for part in parts if part.category is not None]
    arms = [part.arm for part in parts if part.arm is not None]
    return Examples(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.outcome for part in parts]),
        np.concatenate([part.customer for part in parts]),
        np.concatenate(categories) if categories else None,
        {key: np.concatenate([part.naive[key] for part in parts]) for key in parts[0].naive},
        np.concatenate(arms) if arms else None,
    )


def _batches(table: pa.Table, cut_offs: Sequence[date]) -> list[pa.RecordBatch]:
    chosen = [table.filter(pc.equal(table["as_of"], pa.scalar(cut_off))) for cut_off in sorted(cut_offs)]
    return [
        pa.RecordBatch.from_struct_array(cut_off.to_struct_array().combine_chunks())
        for cut_off in chosen
        if cut_off.num_rows
    ]


def _at(batch: pa.RecordBatch, name: str, model: Model | Contract, columns: Columns) -> Examples:
    rows = matrix(batch, columns.features, columns.categories, model.label, model.population)
    outcome = _outcome(batch.column(f"label_{name}"), rows, columns.categories)
    judged = np.flatnonzero(~np.isnan(outcome))
    kind = all_label_kinds()[model.label.kind]
    weights = {key: weigh(model.label) for key, weigh in kind.naive.items()}
    # Without responses, say, there is no forecast from past responses.
    possible = {key: columns_of for key, columns_of in weights.items() if set(columns_of) <= set(batch.schema.names)}
    naive = {key: _naive(batch, columns_of)[rows.customer][judged] for key, columns_of in possible.items()}
    category = None if rows.category is None else rows.category[judged]
    number = batch.column("customer_number").to_numpy()
    arm = _floats(batch.column(f"arm_{name}"))[rows.customer][judged] if kind.arm else None
    return Examples(rows.values[judged], outcome[judged], number[rows.customer][judged], category, naive, arm)


def _outcome(label: pa.Array, rows: Matrix, categories: Sequence[str]) -> FloatArray:
    if rows.category is None:
        return _floats(label)[rows.customer]
    names = pc.list_flatten(label)
    is_bought = places(label, names, categories).grid(pa.array(np.ones(len(names))), 0.0)
    return is_bought[rows.customer, rows.category]


def _naive(batch: pa.RecordBatch, weights: Mapping[str, float]) -> FloatArray:
    """The weighted sum of features; a missing one counts as the largest seen: never is longer ago than any day."""
    total = np.zeros(batch.num_rows)
    for feature, weight in weights.items():
        values = _floats(batch.column(feature))
        largest = 0.0 if np.isnan(values).all() else float(np.nanmax(values))
        total += weight * np.nan_to_num(values, nan=largest)
    return total


def _floats(column: pa.Array) -> FloatArray:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
