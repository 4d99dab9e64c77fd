"""Makes a new deployment folder from the template."""

import shutil
from pathlib import Path

import conf
from conf.errors import SettingsError

TEMPLATE = Path(conf.__path__[0]) / "template"


def init_deployment(folder: Path) -> None:
    """Copy the template.

    Raises:
        SettingsError: the folder exists, and nothing of it is touched; or it cannot be made.
    """
    if folder.exists():
        raise SettingsError(f"{folder} exists; name a folder that does not, or edit the files there")
    try:
        shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    except OSError as error:
        raise SettingsError(f"{folder} cannot be made: {error.strerror or error}") from error
