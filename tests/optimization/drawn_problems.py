"""Nights drawn as text, and the oracle that tries every plan."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from conf.micros import MICROS
from optimization import Limit, Problem

PLACES = "household_capacity"
TEXT = ("customer_id", "offer_id", "channel", "household_id", "region")
LISTS = ("segment",)


def table_of(drawn: str) -> pa.Table:
    """A candidate table from text: `|` between cells, amounts in units, `-` for null; `#` begins a comment.

    The texts of a list stand with blanks between them.
    """
    lines = [line.split("#")[0].strip() for line in drawn.strip().splitlines()]
    names, *rows = ([cell.strip() for cell in line.split("|")] for line in lines if line)
    columns = {}
    for name, cells in zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True):
        if name in TEXT:
            columns[name] = pa.array([None if cell == "-" else cell for cell in cells], pa.string())
        elif name in LISTS:
            columns[name] = pa.array([None if cell == "-" else cell.split() for cell in cells], pa.list_(pa.string()))
        else:
            unit = 1 if name in ("places", PLACES) else MICROS
            columns[name] = pa.array([None if cell == "-" else int(Decimal(cell) * unit) for cell in cells], pa.int64())
    return pa.table(columns)


@pytest.fixture(scope="session")
def table():
    return table_of


@pytest.fixture(scope="session")
def night():
    def night(drawn: str, **settings) -> Problem:
        return Problem.from_table(table_of(drawn), **settings)

    return night


@pytest.fixture(scope="session")
def limit():
    def limit(name: str, **stated) -> Limit:
        return Limit.model_validate({"name": name, **stated})

    return limit


@dataclass(frozen=True)
class Best:
    """The result of trying every plan: the best worth in micros (None: no plan), and the plans of that worth."""

    worth: int | None
    plans: list[set[tuple[str, str, str]]]


def try_every_plan(table: pa.Table, limits: list[Limit], max_per_household: int | str | None = None) -> Best:
    """The oracle: every choice of at most one row a customer, checked in plain Python from the limits' definition."""
    rows = table.to_pylist()
    customers = sorted({row["customer_id"] for row in rows})
    choices = [[None, *(k for k, row in enumerate(rows) if row["customer_id"] == who)] for who in customers]
    picks = np.array(list(product(*[[-1 if k is None else k for k in choice] for choice in choices])), dtype=np.int64)
    takes = np.zeros((len(picks), len(rows) + 1), dtype=np.int64)
    if customers:
        np.put_along_axis(takes, picks, 1, axis=1)
    takes = takes[:, : len(rows)]
    is_plan = np.ones(len(takes), dtype=bool)
    worth = 2 * (takes @ _column(rows, "value") - takes @ _column(rows, "cost"))  # halves, for half prices
    if max_per_household is not None:
        for household, most in _places(rows, max_per_household).items():
            is_plan &= takes @ np.array([_takes_a_place(row, household) for row in rows], dtype=np.int64) <= most
    for limit in limits:
        is_kept, loss = _judged(limit, takes, rows)
        is_plan &= is_kept
        worth = worth - loss
    if not is_plan.any():
        return Best(None, [])
    best = worth[is_plan].max()
    winners = takes[is_plan & (worth == best)]
    keys = ("customer_id", "offer_id", "channel")
    return Best(
        int(best // 2), [{tuple(rows[k][key] for key in keys) for k in np.flatnonzero(take)} for take in winners]
    )


def _places(rows, max_per_household: int | str) -> dict[str, int]:
    return {
        row["household_id"]: max_per_household if isinstance(max_per_household, int) else row[max_per_household]
        for row in rows
        if _takes_a_place(row, row["household_id"])
    }


def _takes_a_place(row: dict, household: str | None) -> bool:
    return household is not None and row["household_id"] == household and row.get(PLACES, 1) is not None


def _judged(limit: Limit, takes, rows):
    """Which plans keep the limit, and twice the micros that each loses by missing a soft minimum."""
    whole = np.array([is_counted(limit.share_of or {}, row) for row in rows], dtype=np.int64)
    counts = whole * np.array([is_counted(limit.where, row) for row in rows], dtype=np.int64)
    names = limit.ratio or ((limit.sum,) if limit.sum else (None,))
    sums = [takes @ (counts * (_column(rows, name) if name else MICROS)) for name in names]
    if limit.share_of is not None:
        sums.append(takes @ (whole * (_column(rows, names[0]) if names[0] else MICROS)))
    below = sums[1] if limit.is_quotient else np.full(len(takes), MICROS)
    is_kept, loss = np.ones(len(takes), dtype=bool), np.zeros(len(takes), dtype=np.int64)
    if limit.max is not None:
        is_kept &= sums[0] * limit.max.as_integer_ratio()[1] <= below * limit.max.as_integer_ratio()[0]
    if limit.min is not None:
        p, q = limit.min.as_integer_ratio()
        missing = np.maximum(below * p - sums[0] * q, 0)
        if limit.shortfall_price is None:
            is_kept &= missing == 0
        else:
            price = 2 * Fraction(limit.shortfall_price) / q
            loss = -(-missing * price.numerator // price.denominator)
    return is_kept, loss


def _column(rows, name: str):
    return np.array([MICROS if name == "contacts" else row[name] for row in rows], dtype=np.int64)


def is_counted(where: dict, row: dict) -> bool:
    names = {"offer": "offer_id", "customer": "customer_id"}
    texts = {name: row[names.get(name, name)] for name in where}
    return all(
        not set(text).isdisjoint(where[name]) if isinstance(text, list) else text in where[name]
        for name, text in texts.items()
    )


@pytest.fixture(scope="session")
def oracle():
    return try_every_plan


@dataclass(frozen=True)
class RandomNight:
    """A small night with all kinds of limits mixed, some impossible, many ties."""

    table: pa.Table
    limits: list[Limit]
    max_per_household: int | str | None

    def problem(self) -> Problem:
        return Problem.from_table(self.table, max_per_household=self.max_per_household)


def random_night_of(seed: int, customers: int = 5) -> RandomNight:
    pick = Random(seed)
    customers = pick.randint(1, customers)
    offers = [f"offer{k}" for k in range(pick.randint(1, 3))]
    channels = ["email", "sms"][: pick.randint(1, 2)]
    granularity = pick.choice([MICROS, 10_000, 1, None])

    def money(low: int, high: int) -> int:
        return (
            5 * MICROS
            if granularity is None
            else pick.randint(low * MICROS // granularity, high * MICROS // granularity) * granularity
        )

    rows = [
        (
            f"c{who}",
            offer,
            channel,
            money(-2, 12),
            money(0, 6),
            money(0, 4),
            None if who == 4 else f"h{who // 2}",
            "ns"[who % 2],
            [name for name in ("best", "new") if (who + len(name)) % 3],
        )
        for who, offer, channel in product(range(customers), offers, channels)
        if pick.random() < 0.65
    ]
    names = ("customer_id", "offer_id", "channel", "value", "cost", "hours", "household_id", "region", "segment")
    kinds = {name: pa.string() if name in TEXT else pa.int64() for name in names} | {"segment": pa.list_(pa.string())}
    table = pa.table({name: pa.array([row[k] for row in rows], kinds[name]) for k, name in enumerate(names)})
    limits = [_random_limit(pick, f"l{k}", customers, offers, channels) for k in range(pick.randint(0, 5))]
    max_per_household = pick.choice([None, None, 1, 2])
    if max_per_household is None or pick.random() < 0.6:
        return RandomNight(table, limits, max_per_household)
    places = {f"h{number}": pick.randint(0, 2) for number in range(customers)}
    alone = {f"c{who}" for who in range(customers) if pick.random() < 0.2}
    per_row = [None if row[0] in alone else places.get(row[6]) for row in rows]
    return RandomNight(table.append_column(PLACES, pa.array(per_row, pa.int64())), limits, PLACES)


def _random_limit(pick: Random, name: str, customers: int, offers: list[str], channels: list[str]) -> Limit:
    where = {}
    if pick.random() < 0.5:
        where["offer"] = pick.sample(offers, pick.randint(1, len(offers)))
    if pick.random() < 0.3:
        where["channel"] = [pick.choice(channels)]
    if pick.random() < 0.2:
        where["region"] = ["n"]
    if pick.random() < 0.25:
        where["segment"] = pick.choice([["best"], ["new"], ["best", "new"]])
    if where and pick.random() < 0.3:
        return _random_share(pick, name, where, channels)
    low, high = (Decimal(bound) for bound in sorted(pick.randint(0, customers) for _ in range(2)))
    kind = pick.choice(["count", "sum", "ratio"])
    what = {
        "count": "contacts",
        "sum": pick.choice(["cost", "value", "hours"]),
        "ratio": pick.choice([("value", "cost"), ("value", "hours"), ("contacts", "cost"), ("value", "contacts")]),
    }[kind]
    low, high = {"count": (low, high), "sum": (low * 3, high * 3), "ratio": (low / 2, high)}[kind]
    stated = {"name": name, "where": where, kind: what}
    sides = pick.random()
    if sides < 0.5:
        stated["max"] = high
    if sides > 0.35:
        stated["min"] = low
        if pick.random() < 0.3:
            stated["shortfall_price"] = Decimal(pick.choice(["0.5", "1", "2.5", "7"]))
    return Limit.model_validate(stated)


def _random_share(pick: Random, name: str, where: dict, channels: list[str]) -> Limit:
    low, high = sorted(Decimal(pick.randint(0, 4)) / 4 for _ in range(2))
    stated = {
        "name": name,
        "where": where,
        "share_of": pick.choice(["all", {"channel": [pick.choice(channels)]}, {"segment": ["best"]}]),
    }
    stated |= pick.choice([{"count": "contacts"}, {"sum": "cost"}, {"sum": "hours"}])
    stated |= pick.choice([{"max": high}, {"min": low}, {"min": low, "max": high}])
    if "min" in stated and pick.random() < 0.3:
        stated["shortfall_price"] = Decimal(pick.choice(["0.5", "1", "7"]))
    return Limit.model_validate(stated)


@pytest.fixture(scope="session")
def random_night():
    return random_night_of
