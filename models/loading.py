"""Load models where it may go wrong: in a child process, under a time limit."""

import json
from collections.abc import Sequence

from models.champion import Champion
from models.child_process import run_child
from models.errors import ModelUnusable


def prove_loading(champions: Sequence[Champion], *, limit_seconds: float) -> None:
    """Let one child process load all of them and answer fixed rows; nothing that goes wrong there goes wrong here.

    Args:
        champions: their texts' structure is checked.
        limit_seconds: for all together; the child is killed after it.

    Raises:
        ModelUnusable: one ends or outlasts the child, cannot be loaded, or answers otherwise than where it was trained.
    """
    written = run_child("models.loading_child", [champion.text for champion in champions], limit_seconds)
    lines, end = written.lines, f"the process that loaded it ended with {written.code}"
    if written.code is None:
        end = f"it was not loaded within {limit_seconds:g} seconds (deployment.yaml: mlflow.load_seconds)"
    for number, champion in enumerate(champions):
        fault = _fault(champion, json.loads(lines[number])) if number < len(lines) else end
        if fault:
            raise ModelUnusable(f"{champion.what}: {fault}; train it anew or roll it back")


def _fault(champion: Champion, answer: dict[str, object]) -> str:
    """Why the model may not be used, as the child saw it; empty where nothing is wrong."""
    if "error" in answer:
        return f"LightGBM cannot use model.txt ({answer['error']})"
    if answer["columns"] != list(champion.columns.names):
        return "the loaded Booster's columns are not those of contract.json"
    if champion.contract.answers not in (None, answer["answers"]):
        return "it answers otherwise than where it was trained; is LightGBM the same there and here?"
    return ""
