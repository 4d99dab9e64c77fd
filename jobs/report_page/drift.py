"""Drift since training and since the last night, in the form that the page shows."""

from collections.abc import Sequence
from typing import Any

from jobs.run_context import RunContext

MOST_MOVED = 3


def drift_rows(context: RunContext) -> list[dict[str, Any]]:
    """One row per model and time it was compared with: the score's index and the features that moved most.

    Empty for a night whose models remember nothing of their training.
    """
    if not context.lake.has("drift", context.as_of):
        return []
    rows = context.lake.read_arrow("drift", context.as_of).to_pylist()
    pairs = dict.fromkeys((row["model"], row["against"]) for row in rows)
    return [_row(model, against, _of(rows, model, against)) for model, against in sorted(pairs, key=_training_first)]


def _row(model: str, against: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    features = sorted((row for row in rows if not row["is_score"]), key=lambda row: (-row["psi"], row["column"]))
    return {
        "model": model,
        "against": against,
        "rows": max(row["rows"] for row in rows),
        "score": next((row for row in rows if row["is_score"]), None),
        "features": features[:MOST_MOVED],
        "moved": sum(row["verdict"] != "ok" for row in features),
        "compared": len(features),
    }


def _of(rows: Sequence[dict[str, Any]], model: str, against: str) -> list[dict[str, Any]]:
    return [row for row in rows if (row["model"], row["against"]) == (model, against)]


def _training_first(pair: tuple[str, str]) -> tuple[str, bool, str]:
    model, against = pair
    return model, against != "training", against
