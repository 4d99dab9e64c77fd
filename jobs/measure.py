"""What a night forecast, against what happened after it."""

from datetime import date, timedelta
from typing import Any

from pyspark.sql import DataFrame

from conf.models import Model
from jobs.context import RunContext
from jobs.model_sources import model_sources
from jobs.registry import registry_of
from models.contract import Contract
from models.forecast_check import Checked, check_forecasts
from models.tracking import champion


def measure_forecasts(context: RunContext) -> list[dict[str, Any]]:
    """One row per model and metric: the night's forecast, its interval, and the best that needs no model.

    Only models whose label window is over by the newest source row are measured: nothing is made of half a window.

    Raises:
        NotInLake: the date was not scored.
    """
    lake, as_of = context.lake, context.as_of
    models = {name: model for name, model in context.settings.models.models.items() if _is_over(context, model)}
    if not models:
        return []
    registry = registry_of(context.settings)
    contracts = [champion(registry, name).contract for name in models]
    scores = lake.read(context.spark, "propensities", as_of).join(
        lake.read(context.spark, "values", as_of), "customer_id"
    )
    return _rows(context, contracts, scores)


def _rows(context: RunContext, contracts: list[Contract], scores: DataFrame) -> list[dict[str, Any]]:
    horizon = max(one.label.horizon_days for one in contracts)
    sources = model_sources(context, context.as_of + timedelta(days=horizon))
    seed = context.settings.deployment.seed
    checked = check_forecasts(scores, contracts, sources, context.as_of, seed=seed)
    return [row for one in contracts for row in _figures(one, checked[one.model])]


def _figures(contract: Contract, checked: Checked) -> list[dict[str, Any]]:
    return [
        {
            "model": contract.model,
            "rows": checked.rows,
            "metric": figure.metric,
            "value": figure.value,
            "low": figure.low,
            "high": figure.high,
            "naive": max(figure.naive.values(), default=None),
        }
        for figure in checked.figures
    ]


def _is_over(context: RunContext, model: Model) -> bool:
    """Whether the sources reach to the end of the model's label window."""
    newest = newest_day(context)
    return newest is not None and newest >= context.as_of + timedelta(days=model.label.horizon_days - 1)


def newest_day(context: RunContext) -> date | None:
    """The day of the newest purchase or response that the sources hold."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    from jobs.sources import SourceReader  # noqa: PLC0415

    reader = SourceReader(context.spark, context.settings)
    days = []
    for name, column in (("transactions", "happened_on"), ("responses", "responded_on")):
        frame = reader.read_clean(name, None)  # type: ignore[arg-type]
        if frame is not None:
            days.append(frame.agg(F.max(column)).first()[0])  # type: ignore[index]
    return max((day for day in days if day is not None), default=None)
