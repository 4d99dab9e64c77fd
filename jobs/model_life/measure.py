"""Measurement: forecasts as of a date against what happened after it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from conf.sources import SourceName
from jobs.run_context import RunContext
from jobs.scoring.model_sources import model_sources
from jobs.scoring.registry import registry_of
from models.champion import Champion
from models.contract import Contract
from models.feature_table import feature_table
from models.figures import Figure
from models.forecast_check import check_forecasts
from models.scoring import score
from models.tracking import champion, version_files

EVENTS: tuple[tuple[SourceName, str], ...] = (("transactions", "happened_on"), ("responses", "responded_on"))


def measure_forecasts(context: RunContext) -> list[dict[str, Any]]:
    """The forecasts that the night of the date made; one row per model and metric.

    Only models whose label window is over by the newest source row are measured: nothing is made of half a window.

    Raises:
        NotInLake: the date was not scored.
    """
    lake, as_of = context.lake, context.as_of
    propensities = lake.read(context.spark, "propensities", as_of)
    scores = propensities.join(lake.read(context.spark, "values", as_of), "customer_id")
    registry = registry_of(context.settings)
    champions = [champion(registry, name) for name in measurable(context)]
    return _against_outcomes(context, champions, scores)


def backtest(context: RunContext, versions: Mapping[str, int]) -> list[dict[str, Any]]:
    """The forecasts that these versions would have made on the date, knowing what was known then.

    Of use where the sources go on after the date: models trained as of it have seen nothing of what they are held
    against.
    """
    registry = registry_of(context.settings)
    champions = [version_files(registry, name, versions[name]) for name in measurable(context)]
    features = feature_table(model_sources(context, context.as_of), [context.as_of]).drop("as_of")
    return _against_outcomes(context, champions, score(features, champions)) if champions else []


def measurable(context: RunContext) -> list[str]:
    """The models whose label windows, begun on the date, are over."""
    newest = newest_day(context)
    models = context.settings.models.models
    over = [
        name
        for name, model in models.items()
        if newest is not None and newest >= context.as_of + timedelta(days=model.label.horizon_days - 1)
    ]
    for name in sorted(set(models) - set(over)):
        context.say(f"  {name} is not measured: its {models[name].label.horizon_days} days are not over by {newest}")
    return over


def newest_day(context: RunContext) -> date | None:
    """The day of the newest purchase or response that the sources hold."""
    reader = context.sources
    frames = [(reader.read_clean(name, None), column) for name, column in EVENTS]
    days = [frame.agg(F.max(column).alias("day")).first() for frame, column in frames if frame is not None]
    return max((row["day"] for row in days if row and row["day"]), default=None)


def _against_outcomes(context: RunContext, champions: Sequence[Champion], scores: DataFrame) -> list[dict[str, Any]]:
    if not champions:
        return []
    contracts = [contract.contract for contract in champions]
    horizon = max(contract.label.horizon_days for contract in contracts)
    sources = model_sources(context, context.as_of + timedelta(days=horizon))
    seed = context.settings.deployment.seed
    checked = check_forecasts(scores, contracts, sources, context.as_of, seed=seed)
    return [
        _row(contract, checked[contract.model].rows, figure)
        for contract in contracts
        for figure in checked[contract.model].figures
    ]


def _row(contract: Contract, rows: int, figure: Figure) -> dict[str, Any]:
    naive = max(figure.naive.values(), default=None)
    interval = {"value": figure.value, "low": figure.low, "high": figure.high}
    return {"model": contract.model, "rows": rows, "metric": figure.metric, **interval, "naive": naive}
