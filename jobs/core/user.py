"""The user who is recorded with a change of a model."""

import getpass
import os
from datetime import UTC, datetime

import typer

from models.tracking import Stamp

VARIABLE = "ONEOFFER_USER"


def stamp(why: str) -> Stamp:
    """The name in ONEOFFER_USER, else the user of the operating system, with the time now.

    Raises:
        BadParameter: neither is known, as in a container without users.
    """
    by = user()
    if by is None:
        raise typer.BadParameter(f"nobody knows who you are: set {VARIABLE}; it is written on the model")
    return Stamp(by, datetime.now(UTC), why)


def user() -> str | None:
    """The name in ONEOFFER_USER, else the user of the operating system; None without either."""
    try:
        return os.environ.get(VARIABLE, "").strip() or getpass.getuser()
    except (KeyError, OSError):
        return None
