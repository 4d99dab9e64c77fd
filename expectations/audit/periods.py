"""Limits of a week, a month or a quarter: what is left of them for the night, counted again from the committed sets."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Any

from expectations.audit.evidence import Evidence
from expectations.audit.formula_rows import option_row
from expectations.audit.history import sent_by_night
from expectations.audit.ledger import days_lost
from expectations.audit.limit_bounds import exact_bound
from expectations.audit.micros import MICROS, to_micros
from expectations.audit.recount import is_in_force, matches

Facts = Mapping[str, Any]
DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3}


@lru_cache(maxsize=1)  # several checks ask for the same
def limits_of_the_night(evidence: Evidence) -> list[Facts]:
    """The limits in force, as the policy's plain data; those of periods with what is left of them.

    Raises:
        KeyError: a set of the period sent what offers.csv and channels.csv do not have.
    """
    stated = [limit for limit in evidence.policy.get("limits") or () if is_in_force(limit, evidence.as_of)]
    return [tonight for limit in stated for tonight in _of_night(evidence, limit)]


def _of_night(evidence: Evidence, limit: Facts) -> Iterator[Facts]:
    if not limit.get("per") and not limit.get("days"):
        yield limit
        return
    uses = {day: _use(evidence, limit, rows) for day, rows in sent_by_night(evidence)}
    if limit.get("days"):
        used, nights, is_lost = _in_windows(evidence, int(limit["days"]), uses)
    else:
        used, nights, is_lost = _in_period(evidence, str(limit["per"]), uses)
    is_even = bool(limit.get("per")) and limit.get("pace", "even") == "even"
    parts = 1 if limit.get("count") else MICROS
    bounds: dict[str, Any] = {"min": None, "max": None}
    if limit.get("max") is not None:
        remaining = Fraction(0) if is_lost else max(exact_bound(limit["max"]) - used, Fraction(0))
        bounds["max"] = Fraction(floor(remaining / (nights if is_even else 1) * parts), parts)
    if limit.get("min") is not None and (is_even or nights == 1):
        missing = (exact_bound(limit["min"]) - used) / (nights if is_even else 1)
        bounds["min"] = Fraction(ceil(missing * parts), parts) if missing > 0 else None
    if any(bound is not None for bound in bounds.values()):
        kept = {key: fact for key, fact in limit.items() if key not in ("per", "days", "pace", "min", "max")}
        yield kept | {name: bound for name, bound in bounds.items() if bound is not None}


def _in_period(evidence: Evidence, per: str, uses: Mapping[date, Fraction]) -> tuple[Fraction, int, bool]:
    """What was used in the calendar period, its nights that are left, and whether a date of it was lost."""
    days = period_days(per, evidence.as_of)
    used = sum((use for day, use in uses.items() if day in days and day != evidence.as_of), Fraction(0))
    nights = sum(day >= evidence.as_of and day not in uses for day in days)
    return used, nights, not days_lost(evidence).isdisjoint(days)


def period_days(per: str, day: date) -> list[date]:
    """Every day of the week, month or quarter of a day."""
    if per == "week":
        return [day + DAY * step for step in range(-day.weekday(), 7 - day.weekday())]
    quarter = (day.month - 1) // MONTHS[per]
    around = [day + DAY * step for step in range(-92, 93)]
    return [other for other in around if other.year == day.year and (other.month - 1) // MONTHS[per] == quarter]


def _in_windows(evidence: Evidence, span: int, uses: Mapping[date, Fraction]) -> tuple[Fraction, int, bool]:
    """What was used in the fullest window of so many days that contains the night."""
    windows = [[evidence.as_of + DAY * (step - back) for step in range(span)] for back in range(span)]
    used = max(sum((uses.get(day, Fraction(0)) for day in window), Fraction(0)) for window in windows)
    return used, 1, any(abs((day - evidence.as_of).days) < span for day in days_lost(evidence))


def _use(evidence: Evidence, limit: Facts, rows: list[dict[str, Any]]) -> Fraction:
    channels = {str(channel["id"]): channel for channel in evidence.channels}
    total = 0
    for row in rows:
        key = (row["offer_id"], row["channel"])
        facts = option_row(evidence.offer_of[key[0]], channels[key[1]], evidence.both_of.get(key, {})) | row
        if matches({"offer": key[0]} | facts, limit.get("where") or {}):
            name = limit.get("sum")
            is_money = name in ("value", "cost")
            total += MICROS if not name else to_micros(facts[name]) if is_money else round(float(facts[name]) * MICROS)
    return Fraction(total, MICROS)
