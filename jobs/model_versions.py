"""Prints the registered versions of a deployment's models."""

from typing import Any

from conf.settings import Settings
from jobs.registry import ModelFigure, registry_of, test_figures
from jobs.tables_for_people import print_rows


def print_versions(settings: Settings, *, as_json: bool) -> None:
    """One line per version: aliases, the date it was trained as of, whether its gates passed, its figures."""
    rows = [row for model in settings.models.models for row in _versions(settings, model)]
    print_rows("Registered models", rows, as_json=as_json)


def _versions(settings: Settings, model: str) -> list[dict[str, Any]]:
    registry = registry_of(settings)
    client, name = registry.client, registry.name(model)
    found = client.search_model_versions(f"name = '{name}'")
    aliases = (
        {str(version): alias for alias, version in client.get_registered_model(name).aliases.items()} if found else {}
    )
    return [
        {
            "model": model,
            "version": int(one.version),
            "alias": aliases.get(str(one.version), ""),
            "as_of": one.tags.get("as_of", ""),
            "gates": one.tags.get("gates", ""),
            "figures": ", ".join(
                f"{each['metric']} {each['value']:.3f}" for each in test_figures(registry, model, int(one.version))
            ),
        }
        for one in sorted(found, key=lambda one: -int(one.version))
    ]


def _in_words(figures: list[ModelFigure]) -> str:
    return ", ".join(f"{one['metric']} {one['value']:.3f}" for one in figures)
