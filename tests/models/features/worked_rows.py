"""The worked rows of declarations as histories, and histories as Spark and the auditor have them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pyarrow as pa

from expectations.audit.feature_definitions import is_same
from expectations.audit.features import Money, value_of
from expectations.audit.person import Answer, Contact, Happening, Line, Person
from models.feature_table import feature_table
from models.features.channels import channel_features
from models.features.declaration import all_features
from models.features.events import event_features
from models.sources import Sources

AS_OF = date(2024, 7, 1)
CATEGORY = "wine"
"""Worked values of a customer × category feature are those of this category."""
ROW = re.compile(r"(\d+) ago:(.*)")
TEXT, DAY, WHOLE = pa.string(), pa.date32(), pa.int64()
STAMP = pa.timestamp("us", "UTC")
CUSTOMERS = pa.schema({"customer_id": TEXT, "household_id": TEXT})
LINES = pa.schema(
    {
        "customer_id": TEXT,
        "transaction_id": TEXT,
        "product_id": TEXT,
        "category": TEXT,
        "happened_at": STAMP,
        "happened_on": DAY,
        "quantity": WHOLE,
        "amount": WHOLE,
        "margin": WHOLE,
    }
)
CONTACTS = pa.schema({"customer_id": TEXT, "offer_id": TEXT, "channel": TEXT, "contacted_on": DAY})
RESPONSES = pa.schema({"customer_id": TEXT, "offer_id": TEXT, "responded_on": DAY, "outcome": TEXT, "amount": WHOLE})
EVENTS = pa.schema({"customer_id": TEXT, "kind": TEXT, "happened_on": DAY, "channel": TEXT, "amount": WHOLE})
OWN = (
    *event_features({"complaint": ("complaint",), "cancellation": ("cancel", "cancel request")}),
    *channel_features(["sms", "by-post"]),
)
"""Features of a deployment's kinds of events and of its channels."""
EVERY = (*all_features(), *OWN)


@dataclass
class History:
    """What one customer did; rows as the auditor reads them."""

    lines: list[Line] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    responses: list[Answer] = field(default_factory=list)
    events: list[Happening] = field(default_factory=list)

    def person(self, as_of: date = AS_OF) -> Person:
        """The customer as of a date."""
        return Person(as_of, *([row for row in rows if row.day < as_of] for rows in vars(self).values()))


def worked_values(worked: str) -> list[Fraction | None]:
    """What stands behind the arrow: one value for each window."""
    cells = [cell.strip() for cell in worked.partition("->")[2].split(",")]
    return [None if cell == "missing" else Fraction(cell) for cell in cells]


def worked_history(worked: str, source: str) -> History:
    """What stands before the arrow, as rows of the source."""
    made = History()
    for text in worked.partition("->")[0].split(";"):
        if text.strip() == "nothing":
            continue
        ago, cells = ROW.fullmatch(text.strip()).groups()
        day = AS_OF - timedelta(days=int(ago))
        row = dict(cell.split(maxsplit=1) for cell in cells.split(",") if cell.strip())
        if source == "transactions":
            basket, amount, quantity = row.pop("basket", ago), row.pop("amount", 0), row.pop("quantity", 1)
            money = micros(amount), micros(quantity), micros(row.pop("margin", None))
            made.lines.append(Line(day, basket, row.pop("category", None), *money))
        elif source == "contacts":
            made.contacts.append(Contact(day, row.pop("offer", "card"), row.pop("channel", "email")))
        elif source == "events":
            made.events.append(Happening(day, row.pop("kind"), None, None))
        else:
            made.responses.append(Answer(day, row.pop("offer", "card"), micros(row.pop("amount", None))))
        assert not row, f"{source} have no {', '.join(row)}: {worked}"
    return made


def micros(cell: str | int | None) -> int | None:
    return None if cell is None else round(Fraction(cell) * 1_000_000)


def in_spark(spark, histories: Mapping[str, History], partitions: int = 1) -> Sources:
    """Everybody's rows as source tables."""
    noon = time(12, tzinfo=UTC)
    lines, contacts, responses, events = [], [], [], []
    for name, made in histories.items():
        lines += [
            (name, basket, "thing", category, datetime.combine(day, noon), day, quantity, amount, margin)
            for day, basket, category, amount, quantity, margin in made.lines
        ]
        contacts += [(name, offer, channel, day) for day, offer, channel in made.contacts]
        responses += [(name, offer, day, None, amount) for day, offer, amount in made.responses]
        events += [(name, kind, day, channel, amount) for day, kind, channel, amount in made.events]
    people = [(name, name) for name in histories]
    tables = ((people, CUSTOMERS), (lines, LINES), (contacts, CONTACTS), (responses, RESPONSES), (events, EVENTS))
    customers, *others = (
        spark.createDataFrame(pa.Table.from_pylist(dicts(rows, schema), schema)) for rows, schema in tables
    )
    *tables, happened = (table.repartition(partitions) if partitions > 1 else table for table in others)
    wanted = {feature.name for feature in EVERY}
    return Sources(customers, {}, *tables, events=happened, further_features=OWN, wanted=wanted)


def dicts(rows, schema):
    return [dict(zip(schema.names, row, strict=True)) for row in rows]


def by_spark(sources: Sources, *as_ofs: date, features=None) -> dict[tuple[date, str], dict]:
    """Date and customer -> the row of the feature table; its categories by name."""
    rows = [row.asDict(recursive=True) for row in feature_table(sources, as_ofs, features).collect()]
    for row in rows:
        row["categories"] = {facts["category"]: facts for facts in row.get("categories") or ()}
    return {(row["as_of"], row["customer_id"]): row for row in rows}


def differences(rows, histories, declarations) -> set[str]:
    """The names of the features of which Spark and the auditor say different things."""
    wrong = set()
    for (as_of, customer), row in rows.items():
        person = histories[customer].person(as_of)
        if row["categories"].keys() != person.categories():
            wrong.add("categories")
        for declaration in declarations:
            name, places = declaration["name"], [(row, None)]
            if declaration["grain"] == "customer × category":
                places = [(row["categories"].get(category, {}), category) for category in person.categories()]
            if not all(is_same(place.get(name), value_of(declaration, person, category)) for place, category in places):
                wrong.add(name)
    return wrong


def as_fraction(value) -> Fraction | None:
    """A value of the auditor, in units of the currency where it is money."""
    if isinstance(value, Money):
        return Fraction(value.millionths, 1_000_000)
    return None if value is None else Fraction(value)
