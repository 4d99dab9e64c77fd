"""manifest.json as a type: what a set is, what it was made from, and what it is worth."""

import json
from pathlib import Path

from jobs.core.record import Amount, Day, Record, Sha256

NAME = "manifest.json"


class InputFacts(Record):
    """One file of a source table."""

    table: str
    file: str
    bytes: int
    sha256: Sha256


class HistoryOfSets(Record):
    """Earlier sets of ours: how many, and a hash over their dates and names."""

    sets: int
    sha256: Sha256


class ComparedNight(Record):
    """The earlier night whose scores this one's were compared with, and a hash of what was counted then."""

    as_of: Day
    sha256: Sha256


class FigureOfTest(Record):
    """One figure of a model's test, with its interval and the figure of a naive model."""

    metric: str
    value: float | None
    low: float | None
    high: float | None
    naive: float | None


class ModelVersion(Record):
    """A model that scored. `from_cache`: MLflow did not answer, so the champion of an earlier night was used."""

    model: str
    score: str
    version: int
    sha256: Sha256
    trained_as_of: str
    tested_at: str | None
    figures: list[FigureOfTest]
    from_cache: bool = False


class MustSendFacts(Record):
    """Offers that must be sent: to how many customers one is due, how many are sent, and what no plan exceeds."""

    due: int
    sent: int
    at_most: int


class PlanFacts(Record):
    """The certificate, money in the currency; `opted_out` offers were taken out after it was made.

    `must_send` is there on dates on which an offer must be sent.
    """

    status: str
    engine: str
    gap: float
    value: Amount
    bound: Amount
    opted_out: int
    without_experiments: Amount | None = None
    must_send: MustSendFacts | None = None


class LimitFacts(Record):
    """One limit in its own unit; `shadow_price` is what one more unit would be worth."""

    name: str
    use: float | None
    min: float | None
    max: float | None
    shadow_price: float
    side: str
    binding: bool
    shortfall: float
    cause: str


class FileEntry(Record):
    """One file of the set: rows where it is a table, `sums` of the money that is sent where it has money."""

    sha256: Sha256
    bytes: int
    rows: int | None = None
    sums: dict[str, Amount] | None = None


class Manifest(Record):
    """Everything that manifest.json says. Sets of before 22 November 2026 lack the fields with a default.

    It holds no time of day and no machine, so that the same inputs make the same bytes.
    """

    oneoffer: str
    deployment: str
    as_of: Day
    currency: str
    time_zone: str
    code_sha256: Sha256
    settings_sha256: Sha256
    sources: list[InputFacts]
    models: list[ModelVersion]
    statuses: dict[str, int]
    plan: PlanFacts
    limits: list[LimitFacts]
    files: dict[str, FileEntry]
    consents: list[InputFacts] | None = None
    history: HistoryOfSets | None = None
    last_night: ComparedNight | None = None


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a set.

    Raises:
        ValueError: it is damaged, or not a manifest of ours.
    """
    return Manifest.model_validate_json((folder / NAME).read_bytes())


def manifest_bytes(manifest: Manifest) -> bytes:
    """The bytes of manifest.json."""
    return (json.dumps(manifest.plain(), indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
