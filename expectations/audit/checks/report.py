"""The report: it shows the numbers of this night, and nothing in it runs or fetches anything.

Its tags and attributes are those of a page with tables and charts; whatever else stands there is a breach. Numbers are
held against the decisions and the manifest: how many customers ended in each status, what is sent and what it is worth,
the use and the price of each limit, value and bound of the plan, the models. Funnels, drift and reasons per offer are
not counted again.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.report_page import ReportPage, Row

MONEY = ("value", "cost", "net_value")
MOST_REASONS = 12
LEFT_AFTER = {
    "quarantined": "whose data can be read",
    "objector": "who did not object to everything",
    "holdout": "who may be considered",
    "no_consent": "who allowed a channel",
    "capped": "within the contact policy",
    "ineligible": "within the rules",
    "no_value": "for whom an offer is worth its cost",
    "not_selected": "after not selected",
    "control": "whose offer is not kept back",
}
"""Status -> how those are called who are left without it."""
STATUSES = (
    *("offered", "control", "not_selected", "no_value", "ineligible", "capped", "no_consent"),
    *("holdout", "objector", "quarantined"),
)
"""In the order of the page."""


def the_report_is_inert(evidence: Evidence) -> Iterator[Breach]:
    """No script, no handler, no form, and nothing that is fetched from elsewhere: the page only shows.

    Reads: report.html.
    """
    page = _page(evidence)
    if page.unsafe.total():
        yield Breach("report", "tags or attributes that a page which only shows does not need", page.unsafe.total())


def the_report_shows_this_night(evidence: Evidence) -> Iterator[Breach]:
    """Date, deployment, statuses, money, limits and models of the page are those of the decisions and the manifest.

    Reads: report.html, decisions, manifest, offers.csv.
    """
    page, manifest = _page(evidence), evidence.manifest
    counts = Counter(row["status"] for row in evidence.decisions)
    in_order = {status: counts[status] for status in STATUSES if counts[status]}
    shown: dict[str, tuple[Sequence[object], Sequence[object]]] = {
        "date": (page.says("h1"), [f"Decisions of {evidence.as_of.day} {evidence.as_of:%B %Y}"]),
        "title": (page.says("title")[:1], [f"Decisions of {evidence.as_of} – {evidence.deployment}"]),
        "totals": (page.says("b"), _totals(evidence)),
        "table of what is sent": (page.table_of("Offer", "Aim"), _sent(evidence)),
        "steps from all customers": (page.table_of("all customers"), _steps(in_order)),
        "statuses": (page.says("dt"), [status.replace("_", " ") for status in in_order]),
        "chart of statuses": (page.says("text")[: 2 * len(in_order)], _chart(in_order)),
        "reasons": (page.table_of("Reason"), _reasons(evidence)),
        "limits": (page.table_of("Limit"), [_limit(row, evidence.currency) for row in manifest["limits"]]),
        "models": (page.table_of("Model", "Version"), [row for model in manifest["models"] for row in _model(model)]),
    }
    different = [what for what, (stated, due) in shown.items() if list(stated) != list(due)]
    plan = manifest["plan"]
    worth = f"worth more than {_money(plan['bound'])} {evidence.currency}; this one is worth {_money(plan['value'])}."
    last_day = f"Only what was dated before {evidence.as_of} ({evidence.time_zone}) was used."
    notes = page.says("p")
    different += ["worth of the plan"] if not any(worth in note for note in notes) else []
    different += ["number of must-sends"] if not any(_must_sends(plan) in note for note in notes) else []
    different += ["last day"] if last_day not in notes else []
    if different:
        yield Breach("report", f"it shows another {', '.join(different)} than the set has", len(different))


def _must_sends(plan: Mapping[str, Any]) -> str:
    """What a note says of offers that must be sent; nothing where none must."""
    if "must_send" not in plan:
        return ""
    due, sent, most = (f"{plan['must_send'][name]:,}" for name in ("due", "sent", "at_most"))
    return f"are due to {due} customers and go to {sent}. Within the limits no plan sends more than {most} of them."


def _page(evidence: Evidence) -> ReportPage:
    return ReportPage((evidence.folder / "report.html").read_text(encoding="utf-8"))


def _totals(evidence: Evidence) -> list[str]:
    """The four large figures: offers, net value, cost, and how near the plan is to its bound."""
    net, cost = (_sum(evidence.offered, name) for name in ("net_value", "cost"))
    nearness = 1 - evidence.manifest["plan"]["gap"]
    return [f"{len(evidence.offered):,}", _money(net), _money(cost), f"{nearness:.4%}"]


def _sent(evidence: Evidence) -> list[Row]:
    """By offer the contacts of each channel and the money, the most valuable first; then all together."""
    by_offer: dict[str, list[Mapping[str, Any]]] = {}
    for row in evidence.offered:
        if row["offer_id"] in evidence.offer_of:  # of others another check speaks
            by_offer.setdefault(row["offer_id"], []).append(row)
    channels = [str(channel["id"]) for channel in evidence.channels]
    in_order = sorted(by_offer, key=lambda offer: (-_sum(by_offer[offer], "net_value"), offer))
    rows = []
    for offer in in_order:
        facts, counts = evidence.offer_of[offer], Counter(row["channel"] for row in by_offer[offer])
        head = (_text(f"{str(facts['name']).strip()}{offer}"), _text(str(facts["objective"]).replace("_", " ")))
        through = tuple(str(counts[channel] or "") for channel in channels)
        money = tuple(_money(_sum(by_offer[offer], name)) for name in MONEY)
        rows.append((*head, *through, str(len(by_offer[offer])), *money))
    money = tuple(_money(_sum(evidence.offered, name)) for name in MONEY)
    return [*rows, ("All offers", str(len(evidence.offered)), *money)]


def _steps(counts: Mapping[str, int]) -> list[Row]:
    """Below all customers, who is left when those who ended in a status are gone; the last of all statuses is first."""
    remaining, rows = sum(counts.values()), list[Row]()
    for status in reversed(list(counts)):
        if status != "offered":
            remaining -= counts[status]
            rows.append((LEFT_AFTER[status], "", f"{remaining:,}", f"{counts[status]:,} {status.replace('_', ' ')}"))
    return [*rows[:-1], ("get an offer", *rows[-1][1:])] if rows else []


def _chart(counts: Mapping[str, int]) -> list[str]:
    return [*(status.replace("_", " ") for status in counts), *(f"{count:,}" for count in counts.values())]


def _reasons(evidence: Evidence) -> list[Row]:
    """What most often stands in the decisions of those who are sent nothing."""
    without = [row for row in evidence.decisions if row["status"] != "offered"]
    counts = Counter(reason for row in without for reason in row["reasons"] or ())
    in_order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_REASONS]
    return [(_text(reason), str(count)) for reason, count in in_order]


def _limit(row: Mapping[str, Any], currency: str) -> Row:
    price, short = row["shadow_price"], ""
    text = "nothing: it holds nothing back"
    if price > 0:
        text = f"{_number(price)} {currency} per unit more of the maximum"
    elif price < 0:
        text = f"{_number(-price)} {currency} saved per unit less of the minimum"
    if row["shortfall"] > 0:
        short = f"; {_number(row['shortfall'])} short" + (f": {row['cause']}" if row["cause"] else "")
    return (_text(row["name"]), *(_number(row[name]) for name in ("use", "min", "max")), _text(text + short))


def _model(model: Mapping[str, Any]) -> Iterator[Row]:
    head = (model["model"], str(model["version"]), str(model["tested_at"]))
    for place, figure in enumerate(model["figures"]):
        numbers = (_number(figure["value"]), _number(figure["naive"]))
        yield (*(head if place == 0 else ("", "", "")), _text(figure["metric"].replace("_", " ")), *numbers)


def _sum(rows: Sequence[Mapping[str, Any]], name: str) -> Decimal:
    return sum((row[name] or Decimal(0) for row in rows), Decimal(0))


def _money(amount: Decimal | str) -> str:
    return f"{Decimal(amount):,.2f}"


def _number(amount: float | None) -> str:
    return "–" if amount is None else f"{amount:,.4f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    """As the page shows it: blanks in a row are one."""
    return " ".join(text.split())
