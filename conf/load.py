"""Reads a deployment folder into checked settings."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel

from conf.cross_checks import cross_check
from conf.csv_file import read_csv
from conf.deployment import Deployment
from conf.errors import SettingsError
from conf.models import Models
from conf.offers import Channel, Offer, OfferChannel
from conf.override import override
from conf.policy import Policy
from conf.secret_literals import secret_literals
from conf.settings import Settings
from conf.sources import Sources
from conf.validate import validate, validate_rows
from conf.yaml_file import Document, read_yaml

YAML_FILES = ("deployment", "sources", "models", "policy")
CSV_FILES: Mapping[str, type[BaseModel]] = {"offers": Offer, "channels": Channel}
"""Name of a file without its ending -> what each of its rows becomes."""
OPTIONAL_CSV_FILES: Mapping[str, type[BaseModel]] = {"offer_channels": OfferChannel}
"""The same of files that a deployment may have."""


def load(folder: Path, overrides: Sequence[str] = ()) -> Settings:
    """Read, override and check all settings of the deployment in `folder`.

    Args:
        folder: a deployment: four YAML files and two CSV files, and perhaps offer_channels.csv.
        overrides: `file.key=value` assignments, in the order given.

    Raises:
        SettingsError: every fault found, one `file:line` sentence each.
    """
    documents = read_documents(folder)
    for assignment in overrides:
        override(documents, assignment)
    secrets = secret_literals(documents)
    if secrets:  # before anything else is said of the values: what is said may show them
        raise SettingsError("\n".join(secrets))
    settings = Settings(
        folder=folder,
        deployment=validate(documents["deployment"], Deployment),
        sources=validate(documents["sources"], Sources),
        models=validate(documents["models"], Models),
        offers=validate_rows(documents["offers"], Offer),
        channels=validate_rows(documents["channels"], Channel),
        policy=validate(documents["policy"], Policy),
        offer_channels=validate_rows(documents["offer_channels"], OfferChannel)
        if "offer_channels" in documents
        else (),
        documents=documents,
    )
    faults = cross_check(settings)
    if faults:
        raise SettingsError("\n".join(faults))
    return settings


def read_documents(folder: Path) -> dict[str, Document]:
    """The files of a deployment as plain data, by file name without its ending."""
    if not folder.is_dir():
        raise SettingsError(f"{folder}: no such deployment folder; `oneoffer init DIR` makes one")
    csv_files = dict(CSV_FILES) | {
        name: row for name, row in OPTIONAL_CSV_FILES.items() if (folder / f"{name}.csv").exists()
    }
    for name in sorted([*(f"{name}.yaml" for name in YAML_FILES), *(f"{name}.csv" for name in csv_files)]):
        if not Path(os.path.realpath(folder / name)).is_relative_to(os.path.realpath(folder)):
            raise SettingsError(f"{folder / name}: it is a link out of the deployment; put the file itself there")
    yaml_files = {name: read_yaml(folder / f"{name}.yaml") for name in YAML_FILES}
    return yaml_files | {name: read_csv(folder / f"{name}.csv", row) for name, row in csv_files.items()}
