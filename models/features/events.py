"""What else happened to the customer: calls, complaints, visits, cancellations.

The kinds are those that sources.yaml declares under `events`; here they are shown for the kind `complaint`.
"""

from collections.abc import Mapping, Sequence

from models.features.declaration import Feature, check_expression
from models.features.expressions import count, days_since_last
from models.histories import EVENTS

WINDOWS = (7, 30, 90)
SHOWN: Mapping[str, Sequence[str]] = {"complaint": ("complaint",)}
"""The kind that the dictionary shows."""


def event_features(kinds: Mapping[str, Sequence[str]]) -> tuple[Feature, ...]:
    """The features of each kind, by name.

    Args:
        kinds: the kind as features name it -> the source's words for it.
    """
    made = [feature for kind, words in kinds.items() for feature in _of_kind(kind, list(words))]
    for feature in made:
        check_expression(feature)
    return tuple(sorted(made, key=lambda feature: feature.name))


def _of_kind(kind: str, words: Sequence[str]) -> list[Feature]:
    where, family = {"kind": words}, "events"
    counts = [
        Feature(
            name=f"{kind}_events_{days}d",
            family=family,
            history=EVENTS,
            value=count(where=where),
            unit="events",
            window_days=days,
            if_none=0,
            grain="customer",
            meaning=f"Events of the kind {kind} in the window.",
            worked=(
                f"7 ago: kind {words[0]}; 8 ago: kind {words[0]}; 8 ago: kind other -> 1, 2, 2",
                f"90 ago: kind {words[0]}; 91 ago: kind {words[0]} -> 0, 0, 1",
            ),
        )
        for days in WINDOWS
    ]
    since = Feature(
        name=f"days_since_{kind}",
        family=family,
        history=EVENTS,
        value=days_since_last(where=where),
        unit="days",
        window_days=None,
        if_none=None,
        grain="customer",
        meaning=f"Whole days from the latest event of the kind {kind} to the decision date; missing if there was none.",
        worked=(
            f"3 ago: kind {words[0]}; 2 ago: kind other; 40 ago: kind {words[0]} -> 3",
            "1 ago: kind other -> missing",
        ),
    )
    return [*counts, since]
