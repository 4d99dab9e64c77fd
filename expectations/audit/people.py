"""Customers with their rows, gathered from the raw files of a night."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from expectations.audit.evidence import Evidence
from expectations.audit.history import contacts_before
from expectations.audit.person import Answer, Contact, Happening, Line, Person
from expectations.audit.raw_tables import RawTable
from expectations.audit.stamps import day_of

EARLIEST = date(1970, 1, 2)
"""Older stamps stand for `not known`, and the night sets their rows aside."""


def people(evidence: Evidence, customers: Collection[str]) -> dict[str, Person]:
    """Each of the customers with everything that was known before the date; files are read in pieces."""
    lines, contacts, responses, events = (defaultdict[str, list[Any]](list) for _ in range(4))
    for customer, line in _lines(evidence, customers):
        lines[customer].append(line)
    for contact in contacts_before(evidence) if evidence.contacts else ():
        if contact.customer_id in customers:
            contacts[contact.customer_id].append(Contact(contact.day, contact.offer_id, contact.channel))
    for customer, answer in _answers(evidence, customers):
        responses[customer].append(answer)
    for customer, event in _events(evidence, customers):
        events[customer].append(event)
    return {
        customer: Person(evidence.as_of, lines[customer], contacts[customer], responses[customer], events[customer])
        for customer in customers
    }


def _lines(evidence: Evidence, customers: Collection[str]) -> Iterator[tuple[str, Line]]:
    """The lines that the night uses: whole ones, dated before the date; a product that nobody knows has no category."""
    table = evidence.transactions
    if table is None:
        return
    category_of = dict(evidence.products.rows("product_id", "category")) if evidence.products else {}
    names = ("customer_id", "transaction_id", "product_id", "happened_at", "amount", "quantity", "margin")
    day_of_stamp = _KnownDays(evidence, table)
    is_named = _IsNamed()
    for customer, basket, product, stamp, amount, quantity, margin in table.rows(*names, of=customers):
        day = day_of_stamp[stamp]
        is_whole = amount is not None and quantity is not None
        if day and is_whole and is_named[basket] and is_named[product]:
            yield customer, Line(day, basket, category_of.get(product), amount, quantity, margin)


def _answers(evidence: Evidence, customers: Collection[str]) -> Iterator[tuple[str, Answer]]:
    table = evidence.responses
    if table is None:
        return
    day_of_stamp = _KnownDays(evidence, table)
    names = ("customer_id", "offer_id", "responded_at", "amount")
    for customer, offer, stamp, amount in table.rows(*names, of=customers):
        day = day_of_stamp[stamp]
        if day and offer and offer.strip():
            yield customer, Answer(day, offer, amount)


def _events(evidence: Evidence, customers: Collection[str]) -> Iterator[tuple[str, Happening]]:
    table = evidence.events
    if table is None:
        return
    day_of_stamp = _KnownDays(evidence, table)
    for customer, kind, stamp, channel, amount in table.rows(
        "customer_id", "kind", "happened_at", "channel", "amount", of=customers
    ):
        day = day_of_stamp[stamp]
        if day and kind and kind.strip():
            yield customer, Happening(day, kind, channel, amount)


class _IsNamed(dict[str | None, bool]):
    """Id -> whether it names anything; thousands of lines share a product."""

    def __missing__(self, name: str | None) -> bool:
        self[name] = bool(name and name.strip())
        return self[name]


class _KnownDays(dict[Any, Any]):
    """Stamp -> its day, None where it is not known before the date; the lines of a purchase share theirs."""

    def __init__(self, evidence: Evidence, table: RawTable) -> None:
        super().__init__()
        self.table, self.as_of, self.zone = table, evidence.as_of, ZoneInfo(evidence.time_zone)

    def __missing__(self, stamp: object) -> date | None:
        day = day_of(stamp, self.table, self.zone)
        self[stamp] = day if day and EARLIEST <= day < self.as_of else None
        known_day: date | None = self[stamp]
        return known_day


Row = dict[str, Any]


def columns_of(folder: Path) -> list[str]:
    """The columns of a table beside customer_id."""
    return [name for name in ds.dataset(folder, format="parquet").schema.names if name != "customer_id"]


def customers_in(folder: Path, among: Collection[str] | None = None) -> list[str]:
    """The customer of every row, or of the rows of some customers alone."""
    wanted = None if among is None else _is_of(among)
    table = ds.dataset(folder, format="parquet").to_table(columns=["customer_id"], filter=wanted)
    return list(table["customer_id"].to_pylist())


def rows_of(folder: Path, customers: Collection[str], columns: Collection[str] | None = None) -> dict[str, Row]:
    """Customer -> its row, of those customers that the table has; maps as dictionaries.

    Raises:
        KeyError, ValueError: the table lacks a column.
    """
    names = None if columns is None else ["customer_id", *columns]
    table = ds.dataset(folder, format="parquet").to_table(columns=names, filter=_is_of(customers))
    return {row["customer_id"]: row for row in table.to_pylist(maps_as_pydicts="strict")}


def _is_of(customers: Collection[str]) -> pc.Expression:
    return pc.field("customer_id").isin(pa.array(sorted(customers), pa.string()))
