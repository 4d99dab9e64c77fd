"""Limits of a week, a month or a quarter: what our sets of the period have used, and what is left for tonight."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil, floor

import pyarrow.parquet as pq

from conf.errors import SettingsError
from conf.limit import Limit
from conf.micros import MICROS, to_micros, to_units
from conf.settings import Settings
from jobs.candidates.contact_history import readable_decisions
from jobs.candidates.options import Option
from jobs.commit.commits import Commit
from jobs.run_context import RunContext
from jobs.sources.earlier_sets import earlier_sets

DAY = timedelta(days=1)


@dataclass(frozen=True)
class PeriodUse:
    """One limit of a period.

    Attributes:
        stated: the limit as the policy has it.
        first, last: the days of its period; of a rolling window, the fullest that contains tonight.
        used: what our other sets of the period have used, in millionths of its unit.
        tonight: the limit that tonight's plan keeps; None: nothing is asked of tonight.
    """

    stated: Limit
    first: date
    last: date
    used: Fraction
    tonight: Limit | None


def limits_tonight(context: RunContext) -> list[Limit]:
    """The limits in force, those of periods with what is left of them for tonight."""
    of_periods = {period.stated.name: period.tonight for period in period_uses(context)}
    stated = context.settings.policy.limits_on(context.as_of)
    tonight = [of_periods.get(limit.name, limit) for limit in stated]
    return [limit for limit in tonight if limit is not None]


def period_uses(context: RunContext) -> list[PeriodUse]:
    """The limits of periods in force, with what our sets of other dates have used.

    A set that was replaced or never committed does not count. Of a date that was declared lost nobody knows what was
    sent: a maximum whose period contains it leaves nothing for tonight.

    Raises:
        SettingsError: a set of the period sent an offer that offers.csv does not have any more.
        SourceError: such a set cannot be read.
    """
    limits = [limit for limit in context.settings.policy.limits_on(context.as_of) if limit.is_of_period]
    if not limits:
        return []
    history = History(context, max(limit.reach_days for limit in limits))
    return [_period_use(limit, history, context.as_of) for limit in limits]


class History:
    """What our sets around the date sent, by day, offer and channel."""

    def __init__(self, context: RunContext, reach_days: int) -> None:
        self._settings, self._ledger = context.settings, earlier_sets(context)
        self._as_of, self._reach_days = context.as_of, reach_days

    @property
    def lost(self) -> Sequence[date]:
        """The dates that were declared lost."""
        return list(self._ledger.lost)

    @cached_property
    def sent(self) -> dict[date, list[tuple[Option, int, dict[str, int]]]]:
        """Day -> option, its contacts, and its value and cost in micros."""
        commits = {commit.as_of: commit for commit in self._ledger.newest() if commit.as_of != self._as_of}
        near = [day for day in commits if abs((day - self._as_of).days) <= self._reach_days]
        return {day: list(self._of(commits[day])) for day in near}

    def use(self, limit: Limit, day: date) -> Fraction:
        """What the set of a day used of a limit, in millionths of its unit."""
        total = 0
        for option, contacts, money in self.sent.get(day, ()):
            facts = option.columns | {"offer": option.offer.id}
            if all(facts[name] in values for name, values in limit.where.items()):
                is_money = limit.sum in money
                total += money[limit.sum or ""] if is_money else contacts * self._each(limit, option, day)
        return Fraction(total)

    def _each(self, limit: Limit, option: Option, day: date) -> int:
        """What one contact of an option counts, in millionths."""
        amount = 1.0 if limit.count else option.columns.get(limit.sum or "")
        if not isinstance(amount, float):
            raise SettingsError(
                f"{self._settings.folder}: limit {limit.name!r} counts {limit.sum}, which is not known of "
                f"{option.offer.id} by {option.channel.id}, sent on {day}"
            )
        return round(amount * MICROS)

    def _of(self, commit: Commit) -> Iterator[tuple[Option, int, dict[str, int]]]:
        columns = ["offer_id", "channel", "value", "cost"]
        rows = pq.read_table(readable_decisions(commit), columns=columns, filters=[("status", "=", "offered")])
        sums: list[tuple[list[str] | str, str]] = [([], "count_all"), ("value", "sum"), ("cost", "sum")]
        for row in rows.group_by(["offer_id", "channel"]).aggregate(sums).to_pylist():
            money = {name: int(Fraction(row[f"{name}_sum"]) * MICROS) for name in ("value", "cost")}
            yield _option(self._settings, row["offer_id"], row["channel"], commit.as_of), row["count_all"], money


def _option(settings: Settings, offer_id: str, channel_id: str, day: date) -> Option:
    offer = next((offer for offer in settings.offers if offer.id == offer_id), None)
    channel = next((channel for channel in settings.channels if channel.id == channel_id), None)
    if offer is None or channel is None:
        file, name = ("offers.csv", offer_id) if offer is None else ("channels.csv", channel_id)
        raise SettingsError(
            f"{settings.folder / file}: {name} was sent on {day} and has no row any more; keep it, with its dates: "
            "limits of a period count what was sent in it"
        )
    both = next((row for row in settings.offer_channels if (row.offer, row.channel) == (offer_id, channel_id)), None)
    return Option(offer, channel, both)


def _period_use(limit: Limit, history: History, as_of: date) -> PeriodUse:
    first, last = limit.period_of(as_of)
    if limit.days is not None:
        return _of_window(limit, history, as_of)
    days = [first + DAY * step for step in range((last - first).days + 1)]
    used = sum((history.use(limit, day) for day in days if day != as_of), Fraction(0))
    nights = sum(day >= as_of and day not in history.sent for day in days)
    is_lost = any(first <= day <= last for day in history.lost)
    return PeriodUse(limit, first, last, used, _tonight(limit, used, nights, is_lost=is_lost))


def _of_window(limit: Limit, history: History, as_of: date) -> PeriodUse:
    """In every window of so many days that contains tonight, what was sent and tonight's together keep the limit."""
    span = limit.days or 1
    firsts = [as_of - DAY * back for back in range(span)]
    uses = {
        first: sum((history.use(limit, first + DAY * step) for step in range(span)), Fraction(0)) for first in firsts
    }
    fullest = max(uses, key=lambda first: (uses[first], first))
    is_lost = any(abs((day - as_of).days) < span for day in history.lost)
    tonight = _tonight(limit, uses[fullest], 1, is_lost=is_lost)
    return PeriodUse(limit, fullest, fullest + DAY * (span - 1), uses[fullest], tonight)


def _tonight(limit: Limit, used: Fraction, nights: int, *, is_lost: bool) -> Limit | None:
    """What is left, spread over the nights that are left; without a pace tonight may use all of it.

    A minimum without a pace is asked of the last night alone.
    """
    step = MICROS if limit.count else 1
    share = nights if limit.pace == "even" else 1
    most = least = None
    if limit.max is not None:
        remaining = Fraction(0) if is_lost else max((to_micros(limit.max) - used) / share, Fraction(0))
        most = floor(remaining / step) * step
    if limit.min is not None and (limit.pace == "even" or nights == 1):
        missing = (to_micros(limit.min) - used) / share
        least = ceil(missing / step) * step if missing > 0 else None
    if most is None and least is None:
        return None
    bounds = {"min": _in_units(least), "max": _in_units(most)}
    price = limit.shortfall_price if least is not None else None
    return limit.model_copy(update=bounds | {"shortfall_price": price, "per": None, "days": None})


def _in_units(micros: int | None) -> Decimal | None:
    return None if micros is None else to_units(micros)
