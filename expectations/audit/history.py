"""What customers were sent and answered around the date, read again from raw files and committed sets."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from expectations.audit.evidence import Evidence
from expectations.audit.ledger import sets_known
from expectations.audit.stamps import day_of

KEPT_BACK = "control"
"""The arm of a contact that was not made, so that its effect can be measured."""


@dataclass(frozen=True)
class Event:
    """A contact, or an answer to one.

    Attributes:
        channel: None of an answer: answers do not say.
        outcome: None of a contact.
        objective: of an offer of offers.csv; None of other systems' offers.
    """

    customer_id: str
    household_id: str
    offer_id: str
    objective: str | None
    day: date
    channel: str | None = None
    outcome: str | None = None

    def unit(self, per: str) -> str:
        """Whom a rule counts it for: `customer` or `household`."""
        return self.household_id if per == "household" else self.customer_id

    def same(self, what: str | None) -> str | None:
        """What must be the same for a rule to count it with others: empty where nothing must, None where not known."""
        value_of = {None: "", "offer": self.offer_id, "objective": self.objective, "channel": self.channel}
        return value_of[what]


def contacts_of_set(evidence: Evidence) -> list[Event]:
    """The contacts of the set."""
    return _of_set(evidence, evidence.offered, evidence.as_of)


@lru_cache(maxsize=1)  # two checks ask for the same
def contacts_around(evidence: Evidence) -> list[Event]:
    """Those of other systems before the date, and those of our own sets of other dates, which may be later ones.

    What other systems report of a contact of ours, by customer, offer, channel and day, is counted once.
    """
    ours = [event for day, rows in sent_by_night(evidence) for event in _of_set(evidence, rows, day)]
    reported = Counter(map(_what, ours))
    others = []
    for event in _raw(evidence, "contacts"):
        if reported[_what(event)] > 0:
            reported[_what(event)] -= 1
        else:
            others.append(event)
    return [*others, *ours]


def contacts_before(evidence: Evidence) -> list[Event]:
    """Those of `contacts_around` before the date."""
    return [event for event in contacts_around(evidence) if event.day < evidence.as_of]


def answers_before(evidence: Evidence) -> list[Event]:
    """The responses."""
    return list(_raw(evidence, "responses"))


@lru_cache(maxsize=1)  # contact policy and volumes ask for the same
def sent_by_night(evidence: Evidence) -> list[tuple[date, list[dict[str, Any]]]]:
    """Every other date with a set that the audited one knew, oldest first, and the offered rows of its newest one."""
    return [(day, _offered(folder)) for day, folder in sets_known(evidence)]


def _raw(evidence: Evidence, name: str) -> Iterator[Event]:
    """The dated rows of a raw table; a row whose day cannot be read was for the gate of the sources to judge."""
    table = {"contacts": evidence.contacts, "responses": evidence.responses}[name]
    if table is None:
        return
    last, day = ("channel", "contacted_at") if name == "contacts" else ("outcome", "responded_at")
    zone = ZoneInfo(evidence.time_zone)
    for customer, offer, more, stamp, arm in table.rows("customer_id", "offer_id", last, day, "arm"):
        on = day_of(stamp, table, zone)
        if on is not None and on < evidence.as_of and arm != KEPT_BACK:
            text = None if more is None else str(more)
            yield _event(evidence, str(customer), str(offer), on, **{last: text})


def _of_set(evidence: Evidence, rows: list[dict[str, str]], day: date) -> list[Event]:
    return [_event(evidence, row["customer_id"], row["offer_id"], day, channel=row["channel"]) for row in rows]


def _event(evidence: Evidence, customer: str, offer: str, day: date, **more: str | None) -> Event:
    offer_row = evidence.offer_of.get(offer)
    objective = None if offer_row is None else str(offer_row["objective"])
    return Event(customer, evidence.household_of.get(customer, customer), offer, objective, day, **more)


def _what(event: Event) -> tuple[str, str, str | None, date]:
    return (event.customer_id, event.offer_id, event.channel, event.day)


def _offered(folder: Path) -> list[dict[str, Any]]:
    columns = ["customer_id", "offer_id", "channel", "value", "cost"]
    rows = pq.read_table(folder / "decisions.parquet", columns=columns, filters=[("status", "=", "offered")])
    return list(rows.to_pylist())
