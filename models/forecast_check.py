"""Scores made on a date and what happened after it -> how good the forecasts were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from conf.micros import MICROS
from models.calibration import FloatArray
from models.columns import Columns
from models.contract import Contract
from models.estimators.declaration import all_estimators
from models.evaluation import Decile, Forecasts, beside_naive, deciles
from models.examples import Examples, examples
from models.figures import Figure, figures
from models.matrix import places
from models.sources import Sources
from models.training_table import in_canonical_order, training_set


@dataclass(frozen=True)
class Checked:
    """What became of one model's forecasts.

    Attributes:
        rows: forecasts with a known outcome.
        figures, deciles: as in training, on these rows.
    """

    rows: int
    figures: tuple[Figure, ...]
    deciles: tuple[Decile, ...]


def check_forecasts(
    scores: DataFrame, contracts: Sequence[Contract], sources: Sources, as_of: date, *, seed: int
) -> dict[str, Checked]:
    """Compare each model's scores with what happened.

    Args:
        scores: as `scoring.score` made them for this date: customer_id and one column per score.
        contracts: the models whose label windows are over.
        sources: the history, which must reach to as_of plus each label's `horizon_days`.
        as_of: the date of the scores; features for the naive forecasts know nothing from it on.
        seed: of the bootstrap.

    Returns:
        Model -> figures.
    """
    labels = {contract.model: contract.label for contract in contracts}
    table = in_canonical_order(training_set(sources, [as_of], labels).join(scores, "customer_id", "left"))
    return {contract.model: _checked(_forecasts(table, contract, as_of), contract, seed) for contract in contracts}


def _checked(forecasts: Forecasts, contract: Contract, seed: int) -> Checked:
    kind = all_estimators()[contract.estimator]
    measured = figures(forecasts, is_money=kind.is_money, is_uplift=kind.is_uplift, seed=seed)
    return Checked(len(forecasts.outcome), measured, deciles(forecasts))


def _forecasts(table: pa.Table, contract: Contract, as_of: date) -> Forecasts:
    columns = Columns(contract.features, contract.categories)
    judged = examples(table, contract.model, contract, columns, [as_of])
    forecast = _made(table[contract.score].combine_chunks(), contract, judged)
    forecasts = beside_naive(forecast, contract, judged)
    return forecasts.subset(np.flatnonzero(~np.isnan(forecast)))


def _made(scores: pa.Array, contract: Contract, judged: Examples) -> FloatArray:
    """The score of each row, NaN where none was made; a customer's number is its position in the table."""
    if judged.category is None:
        made = np.asarray(scores.to_numpy(zero_copy_only=False), dtype=np.float64)[judged.customer]
        return made / MICROS if all_estimators()[contract.estimator].is_money else made
    lists = scores.cast(pa.list_(scores.type.field(0)))
    packed = pc.list_flatten(lists)
    at = places(lists, packed.field(0), contract.categories)
    return at.grid(packed.field(1), np.nan)[judged.customer, judged.category]
