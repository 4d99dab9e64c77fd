"""Histories drawn as text tables."""

from datetime import UTC, date, datetime, time

import pytest

from models.sources import Sources

LINES = "customer_id string, transaction_id string, product_id string, category string, happened_at timestamp, " + (
    "happened_on date, quantity bigint, amount bigint, margin bigint"
)
CONTACTS = "customer_id string, offer_id string, channel string, contacted_on date"
RESPONSES = "customer_id string, offer_id string, responded_on date, outcome string, amount bigint"


def rows(text):
    """A text table as dicts of text; an empty cell is None, `#` begins a remark."""
    lines = [line.split("#")[0].strip() for line in text.strip().splitlines()]
    names, *cells = [[cell.strip() or None for cell in line.split("|")] for line in lines if line]
    return [dict(zip(names, row, strict=True)) for row in cells]


def millionths(value):
    return None if value is None else round(float(value) * 1_000_000)


def day(value):
    return date.fromisoformat(value)


@pytest.fixture
def drawn(spark):
    """Sources from text tables: lines (customer, on, amount; category, basket, margin), contacts, responses."""

    def make(lines=None, contacts=None, responses=None, customers=(), attributes=None):
        attributes = attributes or {}
        parts = [rows(one) if one is not None else [] for one in (lines, contacts, responses)]
        names = sorted({row["customer"] for part in parts for row in part} | {one[0] for one in customers})
        own = {one[0]: one[1:] for one in customers}
        people = [(name, name, *own.get(name, [None] * len(attributes))) for name in names]
        types = "".join(f", {one} {'string' if kind == 'text' else 'double'}" for one, kind in attributes.items())
        return Sources(
            customers=spark.createDataFrame(people, f"customer_id string, household_id string{types}"),
            attributes=attributes,
            transactions=None if lines is None else spark.createDataFrame([line(one) for one in parts[0]], LINES),
            contacts=None
            if contacts is None
            else spark.createDataFrame(
                [(one["customer"], one["offer"], "email", day(one["on"])) for one in parts[1]], CONTACTS
            ),
            responses=None
            if responses is None
            else spark.createDataFrame(
                [(one["customer"], one["offer"], day(one["on"]), None, None) for one in parts[2]], RESPONSES
            ),
        )

    return make


def line(one):
    on, amount = day(one["on"]), millionths(one["amount"])
    at = datetime.combine(on, time(12), UTC)
    basket = one.get("basket") or f"{one['customer']} {on}"
    margin = millionths(one.get("margin"))
    return (one["customer"], basket, "thing", one.get("category"), at, on, 1_000_000, amount, margin)
