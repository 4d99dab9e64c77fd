"""Prints the figures of models: the model's, its interval, and what one gets without a model."""

from collections.abc import Sequence
from typing import Any

import typer

from jobs.tables_for_people import print_rows
from jobs.train import TrainedModel


def print_training(trained: Sequence[TrainedModel], *, as_json: bool) -> None:
    """One line per model and metric, and why a version was not promoted."""
    rows = [
        {"model": one.model, "version": one.version, "test_cut_off": one.tested_at, **figure}
        for one in trained
        for figure in one.figures
    ]
    print_rows("Figures on the test cut-off", rows, as_json=as_json)
    for one in trained:
        if one.refusal and not as_json:
            typer.echo(f"not promoted: {one.refusal}")


def print_measured(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """One line per model and metric: what the night forecast, against what happened."""
    print_rows("Forecasts against what happened", rows, as_json=as_json)
