"""Features × champions -> propensities and values."""

from collections.abc import Sequence

import pyarrow as pa
from pyspark.sql import DataFrame

from conf.settings import Settings
from expectations.gate import check
from expectations.tables import table
from jobs.context import RunContext
from jobs.registry import registry_of, test_figures
from models.champion import Champion
from models.scoring import score
from models.tracking import Registry, champion

MONEY_TYPE = "bigint"
SCORED_WITH = pa.schema(
    {
        "model": pa.string(),
        "score": pa.string(),
        "version": pa.int64(),
        "sha256": pa.string(),
        "trained_as_of": pa.string(),
        "tested_at": pa.string(),
        "figures": pa.list_(
            pa.struct(
                {
                    "metric": pa.string(),
                    "value": pa.float64(),
                    "low": pa.float64(),
                    "high": pa.float64(),
                    "naive": pa.float64(),
                }
            )
        ),
    }
)


def run(context: RunContext) -> None:
    """Score every customer of the feature table with the champion of every model of models.yaml, in one pass.

    Raises:
        ModelUnusable: a model has no champion, or its files are damaged or do not fit.
        RegistryAway: MLflow does not answer.
    """
    lake, as_of = context.lake, context.as_of
    registry = registry_of(context.settings)
    champions = [champion(registry, name) for name in context.settings.models.models]
    scores = score(lake.read(context.spark, "features", as_of), champions).cache()
    for name, columns in _by_kind(scores).items():
        part = scores.select("customer_id", *columns)
        check(part, table(name)).raise_if_stopped()
        lake.write(part, name, as_of)
    scores.unpersist()
    lake.write_arrow(_table(registry, champions), "scored_with", as_of)


def scored_with(settings: Settings) -> pa.Table:
    """The champions of now, as the table of that name says them; raises as `run`."""
    registry = registry_of(settings)
    return _table(registry, [champion(registry, name) for name in settings.models.models])


def _by_kind(scores: DataFrame) -> dict[str, list[str]]:
    """Table -> its columns: money are values, everything else is a probability."""
    kinds = {name: kind for name, kind in scores.dtypes if name != "customer_id"}
    return {
        "propensities": [name for name, kind in kinds.items() if kind != MONEY_TYPE],
        "values": [name for name, kind in kinds.items() if kind == MONEY_TYPE],
    }


def _table(registry: Registry, champions: Sequence[Champion]) -> pa.Table:
    return pa.Table.from_pylist([_scored_with(registry, one) for one in champions], SCORED_WITH)


def _scored_with(registry: Registry, one: Champion) -> dict[str, object]:
    return {
        "model": one.contract.model,
        "score": one.contract.score,
        "version": one.version,
        "sha256": one.contract.model_sha256,
        "trained_as_of": one.contract.trained.as_of.isoformat(),
        "tested_at": one.contract.trained.test.isoformat(),
        "figures": test_figures(registry, one.contract.model, one.version),
    }
