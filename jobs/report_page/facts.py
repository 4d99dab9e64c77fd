"""Facts of the report: the figures of the night's tables in the form that the page shows."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from conf.micros import to_units
from conf.policy import SEGMENT
from conf.settings import Settings
from jobs.candidates.period_limits import period_uses
from jobs.candidates.segments import SEGMENTS
from jobs.core.statuses import STATUSES
from jobs.planning.must_send_plan import MUST_SEND, is_must_send
from jobs.report_page.drift import drift_rows
from jobs.run_context import RunContext

MONEY = ("value", "cost", "net_value")
TOP_REASONS = 12


def gather(context: RunContext) -> dict[str, Any]:
    """Everything the page needs, money in the currency."""
    lake, as_of = context.lake, context.as_of
    decisions = lake.read_arrow("decisions", as_of)
    counts = {row["values"]: row["counts"] for row in pc.value_counts(decisions["status"]).to_pylist()}
    offered = decisions.filter(pc.equal(decisions["status"], "offered"))
    totals = {name: pc.sum(offered[name]).as_py() or 0 for name in MONEY}
    statuses = {status: counts.get(status, 0) for status in STATUSES}
    return {
        "deployment": context.settings.deployment,
        "as_of": as_of,
        "customers": decisions.num_rows,
        "statuses": statuses,
        "steps": steps(statuses),
        "totals": {name: to_units(total) for name, total in totals.items()},
        "plan": _plan(lake.read_arrow("certificates", as_of)),
        "must_send": must_send_facts(context, decisions),
        "matrix": offer_matrix(offered, context.settings),
        "channels": context.settings.channels,
        "limits": lake.read_arrow("limit_prices", as_of).to_pylist(),
        "periods": period_rows(context),
        "reasons": top_reasons(decisions),
        "segments": segment_rows(context, offered),
        "models": lake.read_arrow("scored_with", as_of).sort_by("model").to_pylist(),
        "drift": drift_rows(context),
        "sources": lake.read_arrow("source_counts", as_of).sort_by("table_name").to_pylist(),
    }


def must_send_facts(context: RunContext, decisions: pa.Table) -> dict[str, int] | None:
    """To how many customers one is due, how many get it, and what no plan exceeds; None where no offer must be sent."""
    must_sends = context.settings.must_sends_on(context.as_of)
    if not must_sends:
        return None
    stated = json.loads(context.lake.read_file("proofs", context.as_of, "proof.json"))[MUST_SEND]
    sent = decisions.filter(pc.equal(decisions["status"], "offered"))
    number = int(is_must_send(sent, must_sends).sum())
    return {"due": stated["due"], "sent": number, "at_most": stated["at_most"]}


def offer_matrix(offered: pa.Table, settings: Settings) -> list[dict[str, Any]]:
    """Per offer that was made: contacts by channel, in all, value and cost; the most valuable first.

    Args:
        offered: the decisions of customers who get an offer.
    """
    sums = [([], "count_all"), *((name, "sum") for name in MONEY)]
    by_option = offered.group_by(["offer_id", "channel"]).aggregate(sums).to_pylist()
    rows = []
    for offer in settings.offers:
        options = [row for row in by_option if row["offer_id"] == offer.id]
        if options:
            by_channel = Counter({row["channel"]: row["count_all"] for row in options})
            money = {name: to_units(sum(row[f"{name}_sum"] for row in options)) for name in MONEY}
            rows.append({"offer": offer, "by_channel": by_channel, "contacts": by_channel.total(), **money})
    return sorted(rows, key=lambda row: (-row["net_value"], row["offer"].id))


def period_rows(context: RunContext) -> list[dict[str, Any]]:
    """Per limit of a period: its days and bounds, and what our other sets have used of it."""
    return [
        {
            "name": period.stated.name,
            "first": period.first,
            "last": period.last,
            "min": period.stated.min,
            "max": period.stated.max,
            "used": to_units(int(period.used)),
        }
        for period in period_uses(context)
    ]


def segment_rows(context: RunContext, offered: pa.Table) -> list[dict[str, Any]]:
    """Per segment of the policy: customers who may be considered, those who get an offer, and the money.

    A customer who is in several counts in each.
    """
    names = context.settings.policy.segments
    if not names:
        return []
    members = context.lake.read_arrow(SEGMENTS, context.as_of)
    money = {row["customer_id"]: row for row in offered.select(["customer_id", *MONEY]).to_pylist()}
    counts = {name: Counter[str]() for name in names}
    for customer, segments in zip(*(members[name].to_pylist() for name in ("customer_id", SEGMENT)), strict=True):
        for name in segments:
            counts[name]["customers"] += 1
            if customer in money:
                counts[name].update(contacts=1, **{amount: money[customer][amount] for amount in MONEY})
    return [
        {"name": name, "customers": count["customers"], "contacts": count["contacts"]}
        | {amount: to_units(count[amount]) for amount in MONEY}
        for name, count in counts.items()
    ]


def top_reasons(decisions: pa.Table) -> list[tuple[str, int]]:
    """What most often spoke against an offer, over customers who got none: reason, customers."""
    without = decisions.filter(pc.not_equal(decisions["status"], "offered"))
    counts = [
        (row["values"], row["counts"]) for row in pc.value_counts(pc.list_flatten(without["reasons"])).to_pylist()
    ]
    return sorted(counts, key=lambda item: (-item[1], item[0]))[:TOP_REASONS]


def steps(statuses: Mapping[str, int]) -> list[dict[str, Any]]:
    """The way from all customers to those who get an offer: after each status that ends it, how many are left.

    The first step is all customers; a status that nobody has is no step.
    """
    remaining = sum(statuses.values())
    rows: list[dict[str, Any]] = [{"status": None, "lost": 0, "left": remaining}]
    for status, count in reversed(list(statuses.items())):
        if count and status != "offered":
            remaining -= count
            rows.append({"status": status, "lost": count, "left": remaining})
    return rows


def _plan(certificates: pa.Table) -> dict[str, Any]:
    row: dict[str, Any] = certificates.to_pylist()[0]
    return row | {"value": to_units(row["value"]), "bound": to_units(row["bound"])}
