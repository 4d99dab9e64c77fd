"""The data dictionary of the features, written from their declarations: `python -m models.dictionary`."""

import textwrap
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from conf.own_modules import own_modules
from models.features import channels, events
from models.features.channels import channel_features
from models.features.declaration import Feature, all_features
from models.features.events import event_features
from models.features.expressions import Aggregate, Expression, Ratio, Share

PAGE = Path(__file__).parent.parent / "docs" / "features.md"

_HEAD = """# Features

Written by `python -m models.dictionary` from the declarations in `models/features/`; do not edit.
[How to add one](adding_a_model.md).

A feature knows only what is dated before the decision date. `_90d` counts the 90 days before; no suffix: all
history. The attributes that `sources.yaml` names are features too, by their own names, as they are on the day
they are read.

Below each feature stand rows and what it is of them. `3 ago: amount 5` is a row of three days before the
decision date; rows are of the source: lines of purchases (basket, category, amount, margin, quantity),
contacts (offer, channel), responses (offer, amount) or events (kind). What a line does not say: a basket of
its day, no category, amount 0, no margin, quantity 1. Of a feature of customer × category the values are
those of the category `wine`. A test works every example out twice: in Spark, which builds the night's
features, and in plain Python, which audits them.
"""


def page() -> str:
    """The page as Markdown, a section per family."""
    features = sorted(
        (*all_features(), *event_features(events.SHOWN), *channel_features(channels.SHOWN)),
        key=lambda feature: (feature.family, feature.stem),
    )
    sections = groupby(features, key=lambda feature: feature.family)
    return _HEAD + "".join(_family(name, list(features)) for name, features in sections)


def _family(name: str, features: Sequence[Feature]) -> str:
    about = (own_modules("models.features")[name].__doc__ or "").strip()
    groups = [
        sorted(group, key=lambda feature: feature.window_days or 0)
        for _, group in groupby(features, key=lambda feature: feature.stem)
    ]
    return f"\n## {name.capitalize()}\n\n{about}\n" + "".join(_feature(group) for group in groups)


def _feature(windows: Sequence[Feature]) -> str:
    feature, names = windows[0], ", ".join(f"`{window.name}`" for window in windows)
    if_none = "missing" if feature.if_none is None else f"{feature.if_none:g}"
    head = " | ".join("all" if window.window_days is None else f"{window.window_days} d" for window in windows)
    made = f"`{in_words(feature.value)}` of {feature.history.name}"
    lines = [
        f"\n### {names}\n",
        textwrap.fill(feature.meaning, 110) + "\n",
        textwrap.fill(f"Of a {feature.grain}, in {feature.unit}; {if_none} if nothing is known. {made}.", 110) + "\n",
        f"| rows | {head} |",
        "|---|" + "---|" * len(windows),
        *(f"| {rows.strip()} | {values.replace(',', ' |').strip()} |" for rows, _, values in _worked(feature)),
    ]
    return "\n".join(lines) + "\n"


def _worked(feature: Feature) -> list[tuple[str, str, str]]:
    return [example.partition("->") for example in feature.worked]


def in_words(value: Expression) -> str:
    """An expression as one would write it by hand."""
    match value:
        case Ratio(above, below):
            return " / ".join(f"({text})" if " / " in text else text for text in (in_words(above), in_words(below)))
        case Share(of):
            return f"share({in_words(of)})"
        case Aggregate():
            where = "".join(f" where {name} in {list(values)}" for name, values in value.where.items())
            windows = f" in {value.windows} windows" if value.windows != 1 else ""
            inside = f"{value.column or ''}{where}{windows}".strip()
            return f"{value.primitive}({inside})"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
