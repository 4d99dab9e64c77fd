"""How the last nights ended, from run records in the lake and commits in the published folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from conf.settings import Settings
from jobs.commit.commits import committed
from jobs.commit.lock import is_held
from jobs.core.stages import STAGES
from jobs.publishing.manifest_file import PlanFacts, read_manifest
from jobs.run.run_file import StageFacts, read_run
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
        stages: the stages that have ended, in their order, as run.json lists them.
    """

    began: str | None
    stages: Sequence[StageFacts]


def last_nights(settings: Settings, most: int) -> list[NightStatus]:
    """The latest dates that were begun or published, latest first."""
    deployment = settings.deployment
    begun = {path.name.removeprefix("as_of=") for path in (deployment.lake / "runs").glob(DAYS)}
    published = {path.name for path in deployment.output.glob("????-??-??")}
    return [_night(settings, date.fromisoformat(day)) for day in sorted(begun | published, reverse=True)[:most]]


def _night(settings: Settings, as_of: date) -> NightStatus:
    attempt = last_attempt(record_folder(settings.deployment.lake, as_of))
    failed = next((stage for stage in attempt.stages if stage.exit), None)
    plan, offers = _published(settings.deployment.output, as_of)
    return NightStatus(
        date=as_of.isoformat(),
        state=_state(settings.deployment.output, as_of, is_failed=failed is not None, is_published=plan is not None),
        began=attempt.began,
        seconds=round(sum(stage.seconds for stage in attempt.stages), 1) if attempt.began else None,
        offers=offers,
        value=float(plan.value) if plan else None,
        gap=plan.gap if plan else None,
        cause=f"{failed.stage}, exit {failed.exit}: {failed.message}" if failed else None,
    )


def _state(output: Path, as_of: date, *, is_failed: bool, is_published: bool) -> str:
    if is_held(output, as_of):
        return "running"
    if is_published:
        return "published"
    return "failed" if is_failed else "unfinished"


def last_attempt(folder: Path) -> Attempt:
    """What the records of a date say of its last attempt."""
    records = [(path.stem, read_run(path)) for path in folder.glob("*.json")]
    newest: str | None = None
    by_stage: dict[str, tuple[str, StageFacts]] = {}
    for name, record in sorted(records, key=lambda dated: dated[1].began):
        newest = record.began
        by_stage = {} if name == WHOLE else by_stage
        by_stage |= {stage.stage: (record.began, stage) for stage in record.stages}
    stages = [by_stage[stage] for stage in STAGES if stage in by_stage]
    return Attempt(stages[0][0] if stages else newest, [stage for _, stage in stages])


def _published(output: Path, as_of: date) -> tuple[PlanFacts | None, int | None]:
    commit = committed(output, as_of)
    if commit is None:
        return None, None
    manifest = read_manifest(commit.folder)
    return manifest.plan, manifest.statuses["offered"]
