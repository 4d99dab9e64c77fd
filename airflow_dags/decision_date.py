"""The decision date of a run: the day on which its messages go out."""

import os
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

TIME_ZONE = os.environ.get("ONEOFFER_TIME_ZONE", "UTC")
"""The time zone whose calendar days count; that of deployment.yaml."""
BACKFILL = "backfill"
"""How Airflow calls a run that somebody asked for by its date."""


def as_of(context: Mapping[str, Any], offset_days: int = 0) -> date:
    """The decision date of a run.

    A run that was given the parameter `as_of` is for that date, and a run of a backfill for exactly the date that the
    backfill names. Any other run is for its day, moved by the offset. The day of a run is that of its logical date,
    which a schedule sets; runs that have none (by an asset, by hand) are of the day on which they were due.

    Args:
        context: the task's context, as Airflow hands it over.
        offset_days: the decision date is so many days after the day of the run; before it where negative.
    """
    given = context["params"].get("as_of")
    if given:
        return date.fromisoformat(given)
    run = context["dag_run"]
    day: date = (run.logical_date or run.run_after).astimezone(ZoneInfo(TIME_ZONE)).date()
    return day if run.run_type == BACKFILL else day + timedelta(days=offset_days)


def days_ahead() -> int:
    """How many days before its messages go out a night runs; ONEOFFER_DAYS_AHEAD, else on the same day.

    Raises:
        ValueError: the variable is not a whole number of days.
    """
    text = os.environ.get("ONEOFFER_DAYS_AHEAD", "0")
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"ONEOFFER_DAYS_AHEAD is 0, 1 or more days, not {text!r}")
    return int(text)
