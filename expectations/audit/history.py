"""What customers were sent and answered before the date, read again from raw files and committed sets."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from expectations.audit.evidence import Evidence
from expectations.audit.stamps import day_of

KEPT_BACK = "control"
"""The arm of a contact that was not made, so that its effect can be measured."""
COMMIT = re.compile(r"COMMIT\.([1-9][0-9]*)")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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
def contacts_before(evidence: Evidence) -> list[Event]:
    """Those of other systems, and those of the newest committed set of every earlier date."""
    ours = [event for day, rows in sent_by_night(evidence) for event in _of_set(evidence, rows, day)]
    return [*_raw(evidence, "contacts"), *ours]


def answers_before(evidence: Evidence) -> list[Event]:
    """The responses."""
    return list(_raw(evidence, "responses"))


@lru_cache(maxsize=1)  # contact policy and volumes ask for the same
def sent_by_night(evidence: Evidence) -> list[tuple[date, list[dict[str, str]]]]:
    """Every earlier date with a committed set, oldest first, and the offered rows of its newest one."""
    return [(day, _offered(folder)) for day, folder in _sets_before(evidence)]


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


def _sets_before(evidence: Evidence) -> Iterator[tuple[date, Path]]:
    """The newest committed set of every date before this one."""
    for folder in sorted(
        folder_of_day for folder_of_day in evidence.folder.parent.parent.iterdir() if DAY.fullmatch(folder_of_day.name)
    ):
        commits = [(int(name[1]), file) for file in folder.iterdir() if (name := COMMIT.fullmatch(file.name))]
        if commits and folder.name < evidence.as_of.isoformat():
            content = json.loads(max(commits)[1].read_text(encoding="utf-8"))
            yield date.fromisoformat(folder.name), folder / Path(str(content["set"])).name


def _offered(folder: Path) -> list[dict[str, str]]:
    columns = ["customer_id", "offer_id", "channel"]
    rows = pq.read_table(folder / "decisions.parquet", columns=columns, filters=[("status", "=", "offered")])
    return list(rows.to_pylist())
