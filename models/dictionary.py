"""The data dictionary of the features, written from their declarations: `python -m models.dictionary`."""

from itertools import groupby
from pathlib import Path

from models.features.declaration import Feature, all_features

PAGE = Path(__file__).parent.parent / "docs" / "features.md"

_HEAD = """# Features

Written by `python -m models.dictionary` from the declarations in `models/features/`; do not edit.

A feature knows only what is dated before the decision date. `_90d` counts the 90 days before; without a
suffix it counts all history. The attributes that `sources.yaml` names are features too, by their own names,
as they are on the day they are read. The auditor computes every feature again from raw rows
([auditor](auditor.md)). [Adding a model](adding_a_model.md) shows how to add a feature.
"""


def page() -> str:
    """The page as Markdown, a table per family."""
    families = groupby(sorted(all_features(), key=lambda one: (one.family, one.name)), key=lambda one: one.family)
    return _HEAD + "".join(_family(name, list(features)) for name, features in families)


def _family(name: str, features: list[Feature]) -> str:
    head = "| feature | of | unit | if none | meaning |\n|---|---|---|---|---|\n"
    return f"\n## {name.capitalize()}\n\n{head}" + "".join(_row(one) for one in features)


def _row(one: Feature) -> str:
    about = "customer × category" if one.is_per_category else "customer"
    if_none = "missing" if one.if_none is None else f"{one.if_none:g}"
    return f"| `{one.name}` | {about} | {one.unit} | {if_none} | {' '.join(one.meaning.split())} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
