"""How the last nights ended, from what they left: run records in the lake, commits in the published folder."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from conf.settings import Settings
from jobs.commit.lock import is_held
from jobs.commit.protocol import committed
from jobs.core.stages import STAGES
from jobs.run.run_record import WHOLE, record_folder

DAYS = "as_of=????-??-??"


@dataclass(frozen=True)
class NightStatus:
    """One date.

    Attributes:
        state: `published`, `running`, `failed`, or `unfinished`: killed, or some of its stages were not run.
        began, seconds: of the last attempt; seconds are those of the stages that have ended.
        offers, value, gap: of the committed set, value in the currency; null without one.
        cause: what the last attempt failed with: stage, exit code and message.
    """

    date: str
    state: str
    began: str | None
    seconds: float | None
    offers: int | None
    value: float | None
    gap: float | None
    cause: str | None


@dataclass(frozen=True)
class Attempt:
    """The newest run of a whole night, and the stages that were run by themselves since.

    Attributes:
        began: UTC; None where nothing was recorded.
        stages: the stages that have ended, in their order, as run.json tells of them.
    """

    began: str | None
    stages: Sequence[dict[str, Any]]


def last_nights(settings: Settings, most: int) -> list[NightStatus]:
    """The latest dates that were begun or published, latest first."""
    deployment = settings.deployment
    begun = {path.name.removeprefix("as_of=") for path in (deployment.lake / "runs").glob(DAYS)}
    published = {path.name for path in deployment.output.glob("????-??-??")}
    return [_night(settings, date.fromisoformat(day)) for day in sorted(begun | published, reverse=True)[:most]]


def _night(settings: Settings, as_of: date) -> NightStatus:
    attempt = last_attempt(record_folder(settings.deployment.lake, as_of))
    failed = next((one for one in attempt.stages if one["exit"]), None)
    plan, offers = _published(settings.deployment.output, as_of)
    return NightStatus(
        date=as_of.isoformat(),
        state=_state(settings.deployment.output, as_of, is_failed=failed is not None, is_published=plan is not None),
        began=attempt.began,
        seconds=round(sum(one["seconds"] for one in attempt.stages), 1) if attempt.began else None,
        offers=offers,
        value=float(Decimal(plan["value"])) if plan else None,
        gap=plan["gap"] if plan else None,
        cause=f"{failed['stage']}, exit {failed['exit']}: {failed['message']}" if failed else None,
    )


def _state(output: Path, as_of: date, *, is_failed: bool, is_published: bool) -> str:
    if is_held(output, as_of):
        return "running"
    if is_published:
        return "published"
    return "failed" if is_failed else "unfinished"


def last_attempt(folder: Path) -> Attempt:
    """What the records of a date say of its last attempt."""
    records = [(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in folder.glob("*.json")]
    newest: str | None = None
    found: dict[str, dict[str, Any]] = {}
    for name, record in sorted(records, key=lambda one: str(one[1]["began"])):
        newest = record["began"]
        found = {} if name == WHOLE else found
        found |= {stage["stage"]: stage | {"began": newest} for stage in record["stages"]}
    stages = [found[stage] for stage in STAGES if stage in found]
    return Attempt(stages[0]["began"] if stages else newest, stages)


def _published(output: Path, as_of: date) -> tuple[dict[str, Any] | None, int | None]:
    commit = committed(output, as_of)
    if commit is None:
        return None, None
    made = json.loads((commit.folder / "manifest.json").read_text(encoding="utf-8"))
    return made["plan"], made["statuses"]["offered"]
