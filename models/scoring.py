"""The feature table -> the scores of all models, in one pass."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import lightgbm
import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType,
    DataType,
    DoubleType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
)

from models.champion import Champion
from models.contract import Contract
from models.errors import ModelUnusable
from models.histogram import IntArray
from models.matrix import SINCE_PURCHASE
from models.predict import Prediction, arrow_type, is_money, predict
from models.training_reference import counted

VALUES_AT_ONCE = 2_000_000
"""Numbers in the largest matrix of a worker: 16 MB. Fewer rows at once would spend more on calls than on numbers."""
COUNTS = "rows_per_bin"
COUNTS_TYPE = pa.list_(pa.list_(pa.int64()))


class Rows(Protocol):
    """The feature table: a Spark frame, or what gives workers the same rows in another way."""

    @property
    def columns(self) -> Sequence[str]:
        """Their names."""

    def select(self, *names: str) -> "Rows":
        """The same rows with these columns only."""

    def mapInArrow(  # noqa: N802  as a frame calls it
        self, work: Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]], schema: StructType
    ) -> DataFrame:
        """What `work` makes of the rows."""


@dataclass(frozen=True)
class Scored:
    """What one pass over the feature table found; keep `all_rows` in Spark's cache while both parts are read.

    Attributes:
        all_rows: scores of customers, and one row without a customer per partition, with what was counted there.
        bins: per champion, of its reference in all.
    """

    all_rows: DataFrame
    bins: Sequence[int]

    @property
    def scores(self) -> DataFrame:
        """As `score` gives them."""
        return self.all_rows.where(F.col(COUNTS).isNull()).drop(COUNTS)

    def counts(self) -> list[IntArray]:
        """Per champion the sum of what `models.training_reference.counted` found; empty for one without a reference."""
        totals = [np.zeros(size, np.int64) for size in self.bins]
        rows = self.all_rows.where(F.col(COUNTS).isNotNull()).select(COUNTS).toArrow()
        for parts in rows[COUNTS].to_pylist():
            for total, part in zip(totals, parts, strict=True):
                np.add(total, np.array(part, np.int64), out=total)
        return totals


def score(features: DataFrame | Rows, champions: Sequence[Champion]) -> DataFrame:
    """One row per customer of the feature table, one column per model, named as formulas name the score.

    A probability is a double rounded to millionths; a customer x category model predicts a map from category to such
    a probability, without the categories it does not score; money is int64 millionths. Null: the customer is not in
    the model's population.

    Raises:
        ModelUnusable: a model needs a column that the table does not have, or two models have one score name.
    """
    return _pass(features, champions, is_counted=False).scores


def score_and_count(features: DataFrame | Rows, champions: Sequence[Champion]) -> Scored:
    """The same scores, and in the same pass how many rows fall into the bins of each champion's reference."""
    return _pass(features, champions, is_counted=True)


def _pass(features: DataFrame | Rows, champions: Sequence[Champion], *, is_counted: bool) -> Scored:
    _check(features.columns, champions)
    # `broadcast` would need the driver's context; a text in the closure reaches each executor once per stage as well.
    sent = [(champion.text, champion.contract.model_dump_json()) for champion in champions]
    fields = [StructField(champion.contract.score, _spark_type(champion.contract)) for champion in champions]
    counts = StructField(COUNTS, ArrayType(ArrayType(LongType())))
    schema = StructType([StructField("customer_id", StringType()), *fields, counts])
    scored = features.select(*_needed(champions)).mapInArrow(_scorer(sent, is_counted=is_counted), schema)
    return Scored(scored, [_bins(champion.contract) for champion in champions])


def _check(columns: Sequence[str], champions: Sequence[Champion]) -> None:
    scores = [champion.contract.score for champion in champions]
    for champion in champions:
        missing = sorted(set(_needed([champion])) - set(columns))
        if missing:
            raise ModelUnusable(
                f"model {champion.contract.model!r} needs features the deployment does not have: {missing[:5]}"
            )
        if scores.count(champion.contract.score) > 1:
            raise ModelUnusable(f"two models answer the score {champion.contract.score!r}")


def _needed(champions: Sequence[Champion]) -> list[str]:
    """The columns of the feature table that any of the models reads."""
    names = {"customer_id"}
    for champion in champions:
        contract = champion.contract
        names |= {column.name for column in contract.features if not column.is_per_category}
        names |= {SINCE_PURCHASE} if contract.population.purchased_within_days else set()
        names |= {"categories"} if contract.categories else set()
    return sorted(names)


def _scorer(
    sent: Sequence[tuple[str, str]], *, is_counted: bool
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def scored(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        boosters, contracts = zip(*(_loaded(*texts) for texts in sent), strict=True)
        schema = _schema(contracts)
        counts = [np.zeros(_bins(contract), np.int64) for contract in contracts]
        customers = min(map(_customers_at_once, contracts))
        for batch in batches:
            for start in range(0, batch.num_rows, customers):
                part = batch.slice(start, customers)
                predictions = [predict(part, *model) for model in zip(boosters, contracts, strict=True)]
                if is_counted:
                    _add(counts, part, predictions, contracts)
                nothing = pa.nulls(part.num_rows, COUNTS_TYPE)
                columns = [part.column("customer_id"), *(prediction.column for prediction in predictions), nothing]
                yield pa.RecordBatch.from_arrays(columns, schema=schema)
        nobody = [pa.nulls(1, field.type) for field in schema][:-1]
        yield pa.RecordBatch.from_arrays(
            [*nobody, pa.array([[count.tolist() for count in counts]], COUNTS_TYPE)], schema=schema
        )

    return scored


@lru_cache(maxsize=16)
def _loaded(text: str, contract: str) -> tuple[lightgbm.Booster, Contract]:
    """A worker process does one task after the other; loading hundreds of trees for each would add up."""
    return lightgbm.Booster(model_str=text), Contract.model_validate_json(contract)


def _customers_at_once(contract: Contract) -> int:
    return max(1, VALUES_AT_ONCE // (max(1, len(contract.features)) * max(1, len(contract.categories))))


def _bins(contract: Contract) -> int:
    return sum(len(histogram.counts) for histogram in contract.reference)


def _schema(contracts: Sequence[Contract]) -> pa.Schema:
    scores = [(contract.score, arrow_type(contract)) for contract in contracts]
    return pa.schema([("customer_id", pa.string()), *scores, (COUNTS, COUNTS_TYPE)])


def _add(
    counts: Sequence[IntArray], batch: pa.RecordBatch, predictions: Sequence[Prediction], contracts: Sequence[Contract]
) -> None:
    for total, added, contract in zip(counts, predictions, contracts, strict=True):
        if contract.reference:
            np.add(total, counted(batch, added.rows, added.scores, contract), out=total)


def _spark_type(contract: Contract) -> DataType:
    if contract.categories:
        return MapType(StringType(), DoubleType())
    return LongType() if is_money(contract) else DoubleType()
