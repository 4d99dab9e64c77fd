"""newcomers.csv: for each group of customers, what a visitor of whom nothing else is known is offered best."""

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pyarrow as pa

from jobs.candidates.newcomers import NEWCOMER_CANDIDATES
from jobs.candidates.options import options_on
from jobs.core.lake import CUSTOMERS, GROUPS
from jobs.planning.charges import charges
from jobs.publishing.set_files import in_currency
from jobs.run_context import RunContext

FILE = "newcomers.csv"
MONEY = ("value", "cost", "charge", "worth")


def newcomers_table(context: RunContext) -> pa.Table:
    """One row per group, in the order of the lake's table: its attributes, its customers, the best offer.

    `charge` is what the limits charge for it at tonight's prices, rounded to millionths; `worth` is what is left of
    value less cost. Where nothing is left, or nothing may be offered, the cells of the offer are empty. Of options
    that are worth the same the first one in the order of offers.csv and its channels is taken.
    """
    settings, lake, as_of = context.settings, context.lake, context.as_of
    groups = lake.read_arrow(GROUPS, as_of)
    by = settings.models.group_attributes
    best = _best(context)
    offers = {offer.id: offer.name for offer in settings.offers}
    rows = [best.get(str(place), {}) for place in range(groups.num_rows)]
    columns = {name: groups[name] for name in (*by, CUSTOMERS)}
    ids = [row.get("offer_id") for row in rows]
    columns["offer_id"] = pa.array(ids, pa.string())
    columns["offer_name"] = pa.array([offers[offer] if offer else None for offer in ids], pa.string())
    columns["channel"] = pa.array([row.get("channel") for row in rows], pa.string())
    for name in MONEY:
        columns[name] = in_currency(pa.chunked_array([pa.array([row.get(name) for row in rows], pa.int64())]))
    return pa.table(columns)


def _best(context: RunContext) -> dict[str, dict[str, Any]]:
    """Place of a group -> its best option, if any is worth something."""
    best: dict[str, tuple[Fraction, int, dict[str, Any]]] = {}
    for worth, rank, row in _priced(context):
        before = best.get(row["customer_id"])
        if worth > 0 and (before is None or (worth, -rank) > (before[0], -before[1])):
            best[row["customer_id"]] = worth, rank, row
    return {group: row for group, (_, _, row) in best.items()}


def _priced(context: RunContext) -> Iterator[tuple[Fraction, int, dict[str, Any]]]:
    """Each candidate: what it is worth in micros, its place among the options, and its row with the rounded charge."""
    lake, as_of = context.lake, context.as_of
    candidates = lake.read_arrow(NEWCOMER_CANDIDATES, as_of)
    proof = json.loads(lake.read_file("proofs", as_of, "proof.json"))
    charged = charges(candidates, context.settings.policy.limits_on(as_of), proof)
    options = options_on(context.settings, as_of)
    ranks = {(option.offer.id, option.channel.id): place for place, option in enumerate(options)}
    for row, by_limit in zip(candidates.to_pylist(), charged, strict=True):
        charge = sum(by_limit.values(), Fraction(0))
        money = {"charge": round(charge), "worth": row["value"] - row["cost"] - round(charge)}
        yield row["value"] - row["cost"] - charge, ranks[row["offer_id"], row["channel"]], row | money
