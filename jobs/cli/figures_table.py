"""Prints the figures of models: the model's, its interval, and what one gets without a model."""

from collections.abc import Sequence
from typing import Any

import typer

from jobs.core.console_tables import print_rows
from jobs.model_life.train import TrainedModel


def print_training(trained: Sequence[TrainedModel]) -> None:
    """One line per model and metric, and what became of each version."""
    print_rows("Figures on the test cut-off", training_rows(trained), as_json=False)
    for one in trained:
        typer.echo(_outcome(one))


def training_rows(trained: Sequence[TrainedModel]) -> list[dict[str, Any]]:
    """One row per model and metric, measured on the model's test cut-off."""
    return [
        {"model": one.model, "version": one.version, "cut_off": one.tested_at, **figure}
        for one in trained
        for figure in one.figures
    ]


def print_measured(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """One line per model and metric: what was forecast, against what happened."""
    print_rows("Forecasts against what happened", rows, as_json=as_json)


def _outcome(one: TrainedModel) -> str:
    if one.is_champion:
        return f"{one.model}: version {one.version} is the champion"
    if one.refusal:
        return f"not promoted: {one.refusal}"
    if one.validation is not None and one.validation.has_passed:
        return (
            f"{one.model}: version {one.version} is the challenger and passed its gates; "
            f"`oneoffer models promote {one.model}` makes it the champion"
        )
    failed = [] if one.validation is None else [str(each) for each in one.validation.verdicts if not each.has_passed]
    return f"{one.model}: version {one.version} is the challenger and failed its gates: {'; '.join(failed)}"
