"""A report that shows a night, written by hand."""

from collections import Counter
from decimal import Decimal
from html import escape

from tests.expectations.audit.drawn.decisions import AS_OF, MONEY

STEPS = {
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
STATUSES = ("offered", *reversed(STEPS))
CHANNELS = ("email", "sms")


def report(night, plan: dict, limits: list[dict], models: list[dict]) -> bytes:
    sent = [row for row in night.decisions if row["status"] == "offered"]
    counts = Counter(row["status"] for row in night.decisions)
    shown = {status: counts[status] for status in STATUSES if counts[status]}
    names = [status.replace("_", " ") for status in shown]
    parts = [
        f"<h1>Decisions of 1 July {AS_OF.year}</h1>",
        *(f"<b>{text}</b>" for text in (len(sent), _sum(sent, "net_value"), _sum(sent, "cost"), _share(plan))),
        _table(["Offer", "Aim", *CHANNELS, "Contacts", "Value", "Cost", "Net"], _offers(night, sent)),
        "<svg xmlns='http://www.w3.org/2000/svg'>",
        *(f"<text>{text}</text>" for text in (*names, *(f"{count:,}" for count in shown.values()))),
        "</svg><dl>",
        *(f"<dt>{name}</dt>" for name in names),
        "</dl>",
        _table(["all customers", "", f"{sum(shown.values()):,}", ""], _steps(shown)),
        _table(["Reason", "Customers"], _reasons(night)),
        _table(["Limit", "Use", "Min", "Max", "What"], [_limit(row) for row in limits]),
        _table(["Model", "Version"], [row for model in models for row in _model(model)]),
        f"<p>No plan can be worth more than {_money(plan['bound'])} EUR; this one is worth {_money(plan['value'])}. "
        "That is so.</p>",
        _must_sends(plan),
        f"<p>Only what was dated before {AS_OF} ({night.time_zone}) was used.</p>",
    ]
    head = f"<head><meta charset='utf-8'><title>Decisions of {AS_OF} – drawn</title></head>"
    return f"<!doctype html><html>{head}<body>{''.join(parts)}</body></html>".encode()


def _must_sends(plan: dict) -> str:
    if "must_send" not in plan:
        return ""
    due, number, most = (plan["must_send"][name] for name in ("due", "sent", "at_most"))
    return (
        f"<p>Offers that must be sent are due to {due} customers and go to {number}. "
        f"Within the limits no plan sends more than {most} of them.</p>"
    )


def _table(head: list, rows: list) -> str:
    lines = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in (head, *rows))
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _offers(night, sent: list[dict]) -> list[tuple]:
    rows = []
    for offer in night.offers:
        theirs = [row for row in sent if row["offer_id"] == offer["id"]]
        counts = Counter(row["channel"] for row in theirs)
        line = (offer["name"] + offer["id"], offer["objective"].replace("_", " "))
        line += (*(counts[name] or "" for name in CHANNELS), len(theirs), *(_sum(theirs, name) for name in MONEY))
        net = sum((row["net_value"] or Decimal(0) for row in theirs), Decimal(0))
        rows += [(-net, offer["id"], line)] if theirs else []
    return [row[2] for row in sorted(rows)] + [("All offers", len(sent), *(_sum(sent, name) for name in MONEY))]


def _steps(shown: dict[str, int]) -> list[tuple]:
    rest, rows = sum(shown.values()), []
    for status, words in STEPS.items():
        if shown.get(status):
            rest -= shown[status]
            rows.append((words, "", f"{rest:,}", f"{shown[status]:,} {status.replace('_', ' ')}"))
    return [*rows[:-1], ("get an offer", *rows[-1][1:])] if rows else []


def _reasons(night) -> list[tuple]:
    counts = Counter(reason for row in night.decisions if row["status"] != "offered" for reason in row["reasons"] or ())
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:12]


def _limit(row: dict) -> tuple:
    price = row["shadow_price"]
    what = f"{_number(abs(price))} EUR " + (
        "per unit more of the maximum" if price > 0 else "saved per unit less of the minimum"
    )
    what = what if price else "nothing: it holds nothing back"
    short = f"; {_number(row['shortfall'])} short: {row['cause']}" if row["shortfall"] else ""
    return (row["name"], *(_number(row[name]) for name in ("use", "min", "max")), what + short)


def _model(model: dict) -> list[tuple]:
    heads = [(model["model"], model["version"], model["tested_at"]), *[("", "", "")] * len(model["figures"])]
    return [
        (*head, figure["metric"].replace("_", " "), _number(figure["value"]), _number(figure["naive"]))
        for head, figure in zip(heads, model["figures"], strict=False)
    ]


def _sum(rows: list[dict], name: str) -> str:
    return _money(sum((row[name] or Decimal(0) for row in rows), Decimal(0)))


def _money(amount: object) -> str:
    return f"{Decimal(amount):,.2f}"


def _number(amount: float | None) -> str:
    return "–" if amount is None else f"{amount:,.4f}".rstrip("0").rstrip(".")


def _share(plan: dict) -> str:
    return f"{1 - plan['gap']:.4%}"
