"""What the report says, gathered from the night's tables and put into numbers that a page can show."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pyarrow as pa

from conf.settings import Settings
from jobs.candidates.judgement import MILLIONTHS
from jobs.context import RunContext
from jobs.statuses import STATUSES

TOP_REASONS = 12


def gather(context: RunContext) -> dict[str, Any]:
    """Everything the page needs, money in the currency."""
    lake, as_of = context.lake, context.as_of
    decisions = lake.read_arrow("decisions", as_of).to_pylist()
    counts = Counter(row["status"] for row in decisions)
    offered = [row for row in decisions if row["status"] == "offered"]
    return {
        "deployment": context.settings.deployment,
        "as_of": as_of,
        "customers": len(decisions),
        "statuses": {status: counts.get(status, 0) for status in STATUSES},
        "totals": {name: _currency(sum(row[name] for row in offered)) for name in ("value", "cost", "net_value")},
        "plan": _plan(lake.read_arrow("certificates", as_of)),
        "matrix": offer_matrix(offered, context.settings),
        "channels": context.settings.channels,
        "limits": lake.read_arrow("limit_prices", as_of).to_pylist(),
        "reasons": top_reasons(decisions),
        "models": lake.read_arrow("scored_with", as_of).sort_by("model").to_pylist(),
        "sources": lake.read_arrow("source_counts", as_of).sort_by("table_name").to_pylist(),
    }


def offer_matrix(offered: list[dict[str, Any]], settings: Settings) -> list[dict[str, Any]]:
    """Per offer that was made: contacts by channel, in all, value and cost; the most valuable first."""
    rows = []
    for offer in settings.offers:
        own = [row for row in offered if row["offer_id"] == offer.id]
        if own:
            by_channel = Counter(row["channel"] for row in own)
            money = {name: _currency(sum(row[name] for row in own)) for name in ("value", "cost", "net_value")}
            rows.append({"offer": offer, "by_channel": by_channel, "contacts": len(own), **money})
    return sorted(rows, key=lambda row: (-row["net_value"], row["offer"].id))


def top_reasons(decisions: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """What most often spoke against an offer, over customers who got none: reason, customers."""
    counts = Counter(reason for row in decisions if row["status"] != "offered" for reason in row["reasons"])
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP_REASONS]


def _plan(certificates: pa.Table) -> dict[str, Any]:
    row: dict[str, Any] = certificates.to_pylist()[0]
    return row | {"value": _currency(row["value"]), "bound": _currency(row["bound"])}


def _currency(millionths: int) -> Decimal:
    return Decimal(millionths) / MILLIONTHS
