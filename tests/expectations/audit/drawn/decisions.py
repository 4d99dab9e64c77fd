"""Decisions drawn as a text table."""

from datetime import date
from decimal import Decimal

import pyarrow as pa

AS_OF = date(2024, 7, 1)
MONEY = ("value", "cost", "net_value")
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("customer_id", "status", "offer_id", "channel")]
    + [(name, pa.decimal128(18, 6)) for name in MONEY]
    + [("probability", pa.float64()), ("chosen_by", pa.string()), ("reasons", pa.list_(pa.string()))]
)
DRAWN = """
    007  | offered      | gift | email |  5 | 1   # net  4
    ann  | offered      | card | email | 12 | 2   # net 10
    bob  | offered      | card | sms   |  9 | 2   # net  7: altogether 21, less half a dollar for the card that misses
    cid  | no_consent   |      |       |    |
    dora | holdout      |      |       |    |
    eve  | objector     |      |       |    |
"""


def decision(*cells: str | None) -> dict:
    """One row with its net value and a reason: customer_id, status, offer_id, channel, value, cost."""
    customer_id, status, offer_id, channel, *amounts = cells
    value, cost = (Decimal(amount) if amount else None for amount in amounts)
    net = value - cost if value is not None else None
    names = ("customer_id", "status", "offer_id", "channel", *MONEY, "probability", "chosen_by", "reasons")
    chance = (1.0, "plan") if offer_id else (None, None)
    return dict(zip(names, (customer_id, status, offer_id, channel, value, cost, net, *chance, [status]), strict=True))


def drawn_decisions(table: str = DRAWN) -> list[dict]:
    lines = [line.split("#")[0] for line in table.strip().splitlines()]
    return [decision(*(cell.strip() or None for cell in line.split("|"))) for line in lines]
