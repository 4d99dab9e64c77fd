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
    steps = [asdict(event) for event in history(registry_of(settings), model)]
    print_rows(f"What happened to {model}", steps, as_json=as_json)


def _versions(settings: Settings, model: str) -> list[dict[str, Any]]:
    registry = registry_of(settings)
    registered = versions(registry, model)
    return [
        {
            "model": model,
            "version": version.number,
            "alias": ", ".join(version.aliases),
            "since": _since(registered, version),
            "as_of": version.tags.get("as_of", ""),
            "gates": _gates(version),
            "figures": ", ".join(
                f"{each['metric']} {each['value']:.3f}" for each in test_figures(registry, model, version.number)
            ),
        }
        for version in registered
    ]


def _since(all_versions: list[Version], version: Version) -> str:
    return next(
        (since(all_versions, version.number, alias) for alias in (CHAMPION, CHALLENGER) if alias in version.aliases), ""
    )


def _gates(version: Version) -> str:
    validation = validation_of(version)
    if validation is None:
        return "never run"
    return "passed" if validation.has_passed else "failed"
