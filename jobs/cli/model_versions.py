"""Prints the registered versions of a deployment's models, and what happened to them."""

from dataclasses import asdict
from typing import Any

from conf.settings import Settings
from jobs.core.console_tables import print_rows
from jobs.scoring.registry import registry_of, test_figures
from models.tracking import CHALLENGER, CHAMPION, Version, history, since, validation_of, versions


def print_versions(settings: Settings, *, as_json: bool) -> None:
    """One line per version: alias and since when, the date it was trained as of, what its gates said, its figures."""
    rows = [row for model in settings.models.models for row in _versions(settings, model)]
    print_rows("Registered models", rows, as_json=as_json)


def print_history(settings: Settings, model: str, *, as_json: bool) -> None:
    """One line per step in the model's life, oldest first."""
    steps = [asdict(one) for one in history(registry_of(settings), model)]
    print_rows(f"What happened to {model}", steps, as_json=as_json)


def _versions(settings: Settings, model: str) -> list[dict[str, Any]]:
    registry = registry_of(settings)
    found = versions(registry, model)
    return [
        {
            "model": model,
            "version": one.number,
            "alias": ", ".join(one.aliases),
            "since": _since(found, one),
            "as_of": one.tags.get("as_of", ""),
            "gates": _gates(one),
            "figures": ", ".join(
                f"{each['metric']} {each['value']:.3f}" for each in test_figures(registry, model, one.number)
            ),
        }
        for one in found
    ]


def _since(found: list[Version], one: Version) -> str:
    return next((since(found, one.number, alias) for alias in (CHAMPION, CHALLENGER) if alias in one.aliases), "")


def _gates(one: Version) -> str:
    said = validation_of(one)
    if said is None:
        return "never run"
    return "passed" if said.has_passed else "failed"
