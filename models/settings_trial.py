"""Tries the LightGBM settings of models before anything is trained with them."""

import json
import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from conf.errors import SettingsError
from conf.models import Model
from conf.settings import Settings
from models.child_process import run_child
from models.errors import SettingsRefused
from models.estimators.declaration import all_estimators
from models.lightgbm_settings import SETTINGS_OF_COLUMNS, faults_of_names, main_name

LIMIT_SECONDS = 120.0
_FATAL = re.compile(r"\[Fatal\] (.*)")


@dataclass(frozen=True)
class Trial:
    """One model's settings, on a few invented rows.

    Attributes:
        names: of the columns.
        text: names of the columns that hold positions in a list of texts.
    """

    estimator: str
    settings: Mapping[str, Any]
    names: Sequence[str] = ("first", "second", "third")
    text: Sequence[str] = ("third",)


def check_settings(settings: Settings) -> None:
    """Refuse what LightGBM does not know or take, and what makes models that are not read.

    Settings of single columns are tried when the columns are known.

    Raises:
        SettingsError: one `file:line` sentence for each.
    """
    faults = list(_faults_of_names(settings)) or list(_faults_of_trials(settings))
    if faults:
        raise SettingsError("\n".join(faults))


def prove_on_columns(name: str, model: Model, names: Sequence[str], text: Sequence[str]) -> None:
    """Try settings of single columns on the columns of the model: a wrong one may end the process that trains.

    Raises:
        SettingsRefused: what LightGBM says.
    """
    if not any(main_name(key) in SETTINGS_OF_COLUMNS for key in model.settings):
        return
    fault = next(_outcomes([Trial(model.estimator, model.settings, names, text)]), "")
    if fault:
        columns = ", ".join(f"{column} (text)" if column in text else column for column in names)
        raise SettingsRefused(f"models.yaml: models.{name}.settings: {fault}. The {len(names)} columns are {columns}")


def _faults_of_names(settings: Settings) -> Iterator[str]:
    for name, model in settings.models.models.items():
        for key, fault in faults_of_names(model.settings):
            yield f"{_at(settings, name, key)}: models.{name}.settings.{key}: {fault}"


def _faults_of_trials(settings: Settings) -> Iterator[str]:
    estimators = all_estimators()
    trials = {
        name: Trial(
            model.estimator,
            {key: value for key, value in model.settings.items() if main_name(key) not in SETTINGS_OF_COLUMNS},
        )
        for name, model in settings.models.models.items()
        if model.settings and model.estimator in estimators
    }
    for name, fault in zip(trials, _outcomes(list(trials.values())), strict=False):
        if fault:
            yield f"{_at(settings, name)}: models.{name}.settings: {fault}"


def _at(settings: Settings, model: str, *keys: str) -> str:
    path, line = settings.where("models", ("models", model, "settings", *keys))
    return f"{path}:{line}"


def _outcomes(trials: Sequence[Trial]) -> Iterator[str]:
    """What is wrong with each, empty where nothing is; none are told behind one that ended the process."""
    if not trials:
        return
    written = run_child("models.settings_trial_child", [asdict(trial) for trial in trials], LIMIT_SECONDS)
    yield from (json.loads(line) for line in written.lines)
    if len(written.lines) < len(trials):
        fatal = _FATAL.findall(written.errors)
        yield f"LightGBM {_end(written.code)} with them{': ' if fatal else ''}{fatal[-1] if fatal else ''}"


def _end(code: int | None) -> str:
    if code is None:
        return f"needs more than {LIMIT_SECONDS:g} seconds for a few rows"
    return f"ends its process ({signal.Signals(-code).name})" if code < 0 else f"ends its process (exit {code})"
