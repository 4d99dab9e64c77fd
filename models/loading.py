"""Load models where it may go wrong: in a child process, under a time limit."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import models
from models.champion import Champion
from models.errors import ModelUnusable


def prove_loading(champions: Sequence[Champion], *, limit_seconds: float) -> None:
    """Let one child process load all of them and answer fixed rows; nothing that goes wrong there goes wrong here.

    Args:
        champions: their texts' structure is checked.
        limit_seconds: for all together; the child is killed after it.

    Raises:
        ModelUnusable: one ends or outlasts the child, cannot be loaded, or answers otherwise than where it was trained.
    """
    lines, end = _child([champion.text for champion in champions], limit_seconds)
    for number, champion in enumerate(champions):
        fault = _fault(champion, json.loads(lines[number])) if number < len(lines) else end
        if fault:
            raise ModelUnusable(f"{champion.what}: {fault}; train it anew or roll it back")


def _child(texts: Sequence[str], limit_seconds: float) -> tuple[list[str], str]:
    """The whole lines that the child wrote, and how it ended."""
    # Our packages come first, wherever they lie; without -P the working folder would come before them.
    home = str(Path(models.__path__[0]).parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])}
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "models.loading_child"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    try:
        written, _ = child.communicate(json.dumps(texts), timeout=limit_seconds)
        end = f"the process that loaded it ended with {child.returncode}"
    except subprocess.TimeoutExpired:
        child.kill()
        written, _ = child.communicate()
        end = f"it was not loaded within {limit_seconds:g} seconds (deployment.yaml: mlflow.load_seconds)"
    return [line for line in written.splitlines(keepends=True) if line.endswith("\n")], end


def _fault(champion: Champion, answer: dict[str, object]) -> str:
    """Why the model may not be used, as the child saw it; empty where nothing is wrong."""
    if "error" in answer:
        return f"LightGBM cannot use model.txt ({answer['error']})"
    if answer["columns"] != list(champion.columns.names):
        return "the loaded Booster's columns are not those of contract.json"
    if champion.contract.answers not in (None, answer["answers"]):
        return "it answers otherwise than where it was trained; is LightGBM the same there and here?"
    return ""
