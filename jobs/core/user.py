"""Who does something to a model now."""

import getpass
import os
from datetime import UTC, datetime

import typer

from models.tracking import Stamp

VARIABLE = "ONEOFFER_USER"


def stamp(why: str) -> Stamp:
    """The user of the operating system, or whom ONEOFFER_USER names, at this moment.

    Raises:
        BadParameter: neither is known, as in a container without users.
    """
    by = user()
    if by is None:
        raise typer.BadParameter(f"nobody knows who you are: set {VARIABLE}; it is written on the model")
    return Stamp(by, datetime.now(UTC), why)


def user() -> str | None:
    """Whom ONEOFFER_USER names, else the user of the operating system; None where neither is known."""
    try:
        return os.environ.get(VARIABLE, "").strip() or getpass.getuser()
    except (KeyError, OSError):
        return None
