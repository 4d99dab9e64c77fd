"""The only client of MLflow: models go in, checked versions come out, and no pickle passes."""

from models.tracking.files import champion, model_files, version_files, version_texts
from models.tracking.history import Event, Stamp, history, since
from models.tracking.night_runs import NightFigures, NightRun, log_night
from models.tracking.promotion import is_current, objection, promote, record_validation, rollback, validation_of
from models.tracking.registry import Registry, open_registry, without_passwords
from models.tracking.training_runs import log_training, metrics_of, parameters_of
from models.tracking.versions import (
    CHALLENGER,
    CHAMPION,
    Version,
    challenger_version,
    champion_version,
    version_from,
    version_numbered,
    versions,
)

__all__ = [
    "CHALLENGER",
    "CHAMPION",
    "Event",
    "NightFigures",
    "NightRun",
    "Registry",
    "Stamp",
    "Version",
    "challenger_version",
    "champion",
    "champion_version",
    "history",
    "is_current",
    "log_night",
    "log_training",
    "metrics_of",
    "model_files",
    "objection",
    "open_registry",
    "parameters_of",
    "promote",
    "record_validation",
    "rollback",
    "since",
    "validation_of",
    "version_files",
    "version_from",
    "version_numbered",
    "version_texts",
    "versions",
    "without_passwords",
]
