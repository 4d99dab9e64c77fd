"""What happened to the versions of a model: who, when, why; kept as tags of the version it happened to."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from models.tracking.registry import Registry, answering
from models.tracking.versions import CHAMPION, Version, aliased, versions

What = Literal["registered", "promoted", "returned to"]

_TAG = "event."


@dataclass(frozen=True)
class Stamp:
    """Who did something, when (UTC), and why."""

    by: str
    at: datetime
    why: str


@dataclass(frozen=True)
class Event:
    """One step in the life of a model.

    Attributes:
        what: `registered` as challenger, `promoted` to champion, or `returned to` by a rollback.
        version: to which it happened.
        instead_of: the champion that it took the place of; None: there was none, or it took nobody's.
        at: UTC, ISO 8601.
        overruled: what spoke against a promotion that was forced.
    """

    what: What
    version: int
    instead_of: int | None
    at: str
    by: str
    why: str
    overruled: str = ""


def event(what: What, version: int, stamp: Stamp, *, instead_of: int | None = None, overruled: str = "") -> Event:
    """What a stamp says of a version."""
    at = stamp.at.astimezone(UTC).isoformat(timespec="seconds")
    return Event(what, version, instead_of, at, stamp.by, stamp.why, overruled)


def history(registry: Registry, model: str) -> list[Event]:
    """All that happened to the model's versions, oldest first."""
    return events_of(versions(registry, model))


def events_of(all_versions: Sequence[Version]) -> list[Event]:
    """As `history`, of versions already read."""
    return [Event(**json.loads(text)) for _, text in _numbered(all_versions)]


def _numbered(all_versions: Sequence[Version]) -> list[tuple[str, str]]:
    """Tag and text of every event, in their order."""
    return sorted((tag, text) for version in all_versions for tag, text in version.tags.items() if tag.startswith(_TAG))


def write_event(registry: Registry, model: str, event: Event) -> None:
    """Tag the version with what happens to it, under the next number."""
    earlier = _numbered(versions(registry, model))
    number = int(earlier[-1][0].removeprefix(_TAG)) + 1 if earlier else 1  # events of deleted versions leave gaps
    with answering(registry.uri):
        registry.client.set_model_version_tag(
            registry.name(model), str(event.version), f"{_TAG}{number:06}", json.dumps(asdict(event), sort_keys=True)
        )


def champions_before(all_versions: Sequence[Version]) -> list[int]:
    """The champions that can be gone back to, the latest last: promotions stack up, and a rollback takes one off.

    The alias has the last word: a step that was noted but not taken counts for nothing, and a champion that was set by
    other means is one that was left.
    """
    now = aliased(all_versions, CHAMPION)
    steps = [event for event in events_of(all_versions) if event.what != "registered"]
    followed_by = [*(step.instead_of for step in steps), now][1:]
    stack: list[int] = []
    for step, left_behind_by_step in zip(steps, followed_by, strict=True):
        if left_behind_by_step == step.instead_of:  # cut short: the champion stayed
            continue
        if step.what == "promoted":
            before = [] if step.instead_of is None or stack[-1:] == [step.instead_of] else [step.instead_of]
            stack += [*before, step.version]
        else:
            while stack and stack[-1] != step.version:
                stack.pop()
    there = {all_version.number for all_version in all_versions}
    left_behind = [number for number in stack if number in there]
    while left_behind and left_behind[-1] == now:
        left_behind.pop()
    return left_behind


def since(all_versions: Sequence[Version], number: int, alias: str) -> str:
    """When the version got its alias, UTC; empty where no event says."""
    wanted = ("promoted", "returned to") if alias == CHAMPION else ("registered",)
    return max(
        (event.at for event in events_of(all_versions) if event.version == number and event.what in wanted), default=""
    )
