"""A registered version through its gates, and what they said written on it."""

from collections.abc import Callable, Sequence

import pyarrow as pa

from conf.models import Model
from models.champion import Champion
from models.errors import ModelUnusable
from models.evidence import Rival, evidence
from models.figures import Figure
from models.gates import Validation, Verdict, asked_by, unmeasured, verdicts
from models.tracking import Registry, Stamp, champion_version, record_validation, version_files

FILES = "files"
"""The gate at which a version stops whose files cannot be used."""


def validate(
    registry: Registry,
    model: str,
    number: int,
    *,
    settings: Model,
    table: Callable[[Champion], pa.Table],
    seed: int,
    stamp: Stamp,
    already_measured: Sequence[Figure] = (),
) -> Validation:
    """Judge a version beside the champion of now, as it comes out of the registry.

    Args:
        settings: the model's, of models.yaml.
        table: the version -> features and outcomes at its test and calibration cut-offs.
        seed: of the bootstrap.
        stamp: who asks, and when.
        known: the version's figures on those very rows, where they were measured before.

    Raises:
        CannotTrain: a gate asks what cannot be answered; nothing was written.
        RegistryAway: MLflow does not answer.
    """
    champion = champion_version(registry, model)
    results: tuple[Verdict, ...]
    try:
        version = version_files(registry, model, number)
        _check_answer(version, settings)
        rival = None if champion is None else _rival(registry, model, champion)
        measured = evidence(version, table(version), champion=rival, seed=seed, already_measured=already_measured)
    except ModelUnusable as error:
        results = (unmeasured(FILES, f"a version that can be used: {error}"),)
    else:
        results = verdicts(model, settings.gates, measured)
    at = stamp.at.isoformat(timespec="seconds")
    validation = Validation(verdicts=results, asked=asked_by(settings), champion=champion, at=at, by=stamp.by)
    record_validation(registry, model, number, validation)
    return validation


def _check_answer(version: Champion, settings: Model) -> None:
    contract = version.contract
    if (contract.score, contract.label) != (settings.score, settings.label):
        asked, answered = (
            f"{stated.score} of {stated.label.model_dump_json(exclude_defaults=True)}"
            for stated in (settings, contract)
        )
        raise ModelUnusable(f"models.yaml asks for {asked} and it answers {answered}; train it anew")


def _rival(registry: Registry, model: str, champion: int) -> Champion | Rival:
    try:
        return version_files(registry, model, champion)
    except ModelUnusable as error:
        return Rival(champion, fault=str(error))
