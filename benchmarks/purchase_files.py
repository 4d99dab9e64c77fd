"""Invented purchases, contacts and responses in Parquet, as a deployment's typed sources would be."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

AS_OF = date(2024, 7, 1)
FIRST_DAY = AS_OF - timedelta(days=500)
DAYS = 510  # ten of them on and after AS_OF: not yet known
LINES_PER_BASKET = 10
CATEGORIES = 60
PRODUCTS = 6_000
GROUP = 1_000_000
MICROSECONDS_PER_DAY = 86_400_000_000

IntArray = NDArray[np.int64]


def write_purchase_files(folder: Path, customers: int, lines: int, seed: int) -> None:
    """customers, products, transactions (in the order of time, as a till writes them), contacts and responses."""
    draw = np.random.default_rng(seed)
    activity = draw.lognormal(0, 1.2, customers)
    cumulated = np.cumsum(activity / activity.sum())
    ids = _texts("c", np.arange(customers))
    pq.write_table(pa.table({"customer_id": ids, "household_id": ids}), folder / "customers.parquet")
    pq.write_table(_products(draw), folder / "products.parquet")
    _write_transactions(folder / "transactions.parquet", draw, cumulated, lines)
    _write_contacts(folder, draw, cumulated, 2 * customers)


def _products(draw: np.random.Generator) -> pa.Table:
    """Small and large categories; a few products belong to none."""
    category = draw.integers(0, CATEGORIES, PRODUCTS) * draw.integers(0, CATEGORIES, PRODUCTS) // CATEGORIES
    names = _texts("category ", np.arange(CATEGORIES)).take(pa.array(category))
    is_known = pa.array(draw.random(PRODUCTS) > 0.01)
    return pa.table(
        {"product_id": _texts("p", np.arange(PRODUCTS)), "category": pc.if_else(is_known, names, pa.scalar(None))}
    )


def _write_transactions(path: Path, draw: np.random.Generator, cumulated: NDArray[np.float64], lines: int) -> None:
    """Row groups of a million lines, each drawn by itself."""
    baskets_before = 0
    with pq.ParquetWriter(path, _LINES, compression="zstd") as file:
        for first in range(0, lines, GROUP):
            size = min(GROUP, lines - first)
            begins, ends = DAYS * first // lines, max(DAYS * (first + size) // lines, DAYS * first // lines + 1)
            basket = np.cumsum(draw.random(size) < 1 / LINES_PER_BASKET)
            baskets = int(basket[-1]) + 1
            at = np.sort(draw.integers(begins * MICROSECONDS_PER_DAY, ends * MICROSECONDS_PER_DAY, baskets))
            who = np.searchsorted(cumulated, draw.random(baskets) * cumulated[-1])
            file.write_table(_lines(draw, who[basket], basket + baskets_before, at[basket]), row_group_size=GROUP)
            baskets_before += baskets


_LINES = pa.schema(
    {
        "customer_id": pa.string(),
        "transaction_id": pa.string(),
        "product_id": pa.string(),
        "happened_at": pa.timestamp("us", tz="UTC"),
        "happened_on": pa.date32(),
        "quantity": pa.int64(),
        "amount": pa.int64(),
        "margin": pa.int64(),
    }
)


def _lines(draw: np.random.Generator, who: IntArray, basket: IntArray, microseconds: IntArray) -> pa.Table:
    size = len(who)
    amount = np.round(draw.lognormal(1, 0.8, size) * 100).astype(np.int64) * 10_000
    amount[draw.random(size) < 0.02] *= -1
    start = (FIRST_DAY - date(1970, 1, 1)).days
    day = (start + microseconds // MICROSECONDS_PER_DAY).astype(np.int32)
    columns = [
        _texts("c", who),
        _texts("t", basket),
        _texts("p", (PRODUCTS * draw.random(size) ** 2).astype(np.int64)),
        pa.array(start * MICROSECONDS_PER_DAY + microseconds).cast(pa.timestamp("us", tz="UTC")),
        pa.array(day).cast(pa.date32()),
        pa.array(np.sign(amount) * 1_000_000),
        pa.array(amount),
        pa.array(amount * 3 // 10, mask=draw.random(size) < 0.1),
    ]
    return pa.table(columns, schema=_LINES)


def _write_contacts(folder: Path, draw: np.random.Generator, cumulated: NDArray[np.float64], size: int) -> None:
    """One contact in ten is answered, up to a fortnight later."""
    who = np.searchsorted(cumulated, draw.random(size) * cumulated[-1])
    offer = _texts("offer ", draw.integers(0, 20, size))
    start = (FIRST_DAY - date(1970, 1, 1)).days
    on = start + np.sort(draw.integers(0, DAYS, size))
    contacts = {
        "customer_id": _texts("c", who),
        "offer_id": offer,
        "channel": pa.array(["email"] * size),
        "contacted_on": _days(on),
    }
    pq.write_table(pa.table(contacts), folder / "contacts.parquet")
    answers = np.flatnonzero(draw.random(size) < 0.1)
    responses = {
        "customer_id": contacts["customer_id"].take(pa.array(answers)),
        "offer_id": offer.take(pa.array(answers)),
        "responded_on": _days(on[answers] + draw.integers(0, 15, len(answers))),
        "outcome": pa.nulls(len(answers), pa.string()),
        "amount": pa.array(draw.integers(0, 50_000_000, len(answers)), mask=draw.random(len(answers)) < 0.5),
    }
    pq.write_table(pa.table(responses), folder / "responses.parquet")


def _texts(before: str, numbers: IntArray) -> pa.Array:
    return pc.binary_join_element_wise(before, pa.array(numbers).cast(pa.string()), "")


def _days(numbers: IntArray) -> pa.Array:
    return pa.array(numbers.astype(np.int32)).cast(pa.date32())
