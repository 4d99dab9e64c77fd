"""Prints the figures of models: the model's, its interval, and those of the best rule without a model."""

from collections.abc import Sequence
from typing import Any

import typer

from jobs.core.console_tables import print_rows
from jobs.model_life.train import TrainedModel


def print_training(trained: Sequence[TrainedModel]) -> None:
    """One line per model and metric, and what became of each version."""
    print_rows("Figures on the test cut-off", training_rows(trained), as_json=False)
    for model in trained:
        typer.echo(_outcome(model))


def training_rows(trained: Sequence[TrainedModel]) -> list[dict[str, Any]]:
    """One row per model and metric, measured on the model's test cut-off."""
    return [
        {"model": model.model, "version": model.version, "cut_off": model.tested_at, **figure}
        for model in trained
        for figure in model.figures
    ]


def print_measured(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """One line per model and metric: what was forecast, against what happened."""
    print_rows("Forecasts against what happened", rows, as_json=as_json)


def _outcome(model: TrainedModel) -> str:
    if model.is_champion:
        return f"{model.model}: version {model.version} is the champion"
    if model.refusal:
        return f"not promoted: {model.refusal}"
    if model.validation is not None and model.validation.has_passed:
        return (
            f"{model.model}: version {model.version} is the challenger and passed its gates; "
            f"`oneoffer models promote {model.model}` makes it the champion"
        )
    failed = (
        [] if model.validation is None else [str(each) for each in model.validation.verdicts if not each.has_passed]
    )
    return f"{model.model}: version {model.version} is the challenger and failed its gates: {'; '.join(failed)}"
