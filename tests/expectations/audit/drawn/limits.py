"""What a night says of its limits: use, bounds and price, counted without the auditor."""

import csv
import io
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.expectations.audit.drawn.decisions import AS_OF

COLUMNS = ("name", "use", "min", "max", "shadow_price", "side", "binding", "shortfall", "cause")


def limit_rows(night, proof: dict) -> list[dict]:
    """One row for each limit in force, in the order of the policy."""
    prices = {}
    for price in proof.get("prices", ()):
        sign = 1 if price["bound"] == "max" else -1
        prices[price["limit"]] = prices.get(price["limit"], 0) + sign * Fraction(price["price"]) / 10**6
    limits = [limit for limit in night.policy.get("limits", ()) if _is_in_force(limit)]
    limits = [limit for limit in limits if not limit.get("per") or limit["name"] in night.tonight]
    return [_row(night, limit, prices.get(limit["name"], Fraction(0)), prices) for limit in limits]


def limits_csv(rows: list[dict]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([COLUMNS, *([_cell(row[name]) for name in COLUMNS] for row in rows)])
    return text.getvalue().encode()


def _row(night, limit: dict, price: Fraction, prices: dict) -> dict:
    above, below = _use(night, limit)
    limit = limit | night.tonight.get(limit["name"], {})
    low, high = (_bound(limit.get(name)) for name in ("min", "max"))
    use, is_soft = (above / below if below else None), limit.get("shortfall_price") is not None
    short = max(low * below - above, Fraction(0)) if low is not None and is_soft else Fraction(0)
    others = sorted(name for name, of_limit in prices.items() if of_limit)
    why = f"held back by {', '.join(others)}" if others else "reaching it costs more than its shortfall_price"
    return {
        "name": limit["name"],
        "use": None if use is None else round(float(use), 9),
        "min": None if low is None else float(low),
        "max": None if high is None else float(high),
        "shadow_price": float(price * below),
        "side": "max" if price > 0 else "min" if price < 0 else "",
        "binding": bool(price) or (use is not None and use in (low, high)),
        "shortfall": round(float(short), 9),
        "cause": why if short else "",
    }


def _use(night, limit: dict) -> tuple[Fraction, Fraction]:
    whole = {} if limit.get("share_of") == "all" else limit.get("share_of")
    attributes = night.attributes_of_all()
    offered = [attributes[row["customer_id"]] | row for row in night.decisions if row["status"] == "offered"]
    rows = [row for row in offered if _counts(night, limit.get("where") or {}, row)]
    if limit.get("ratio"):
        return tuple(_total(rows, name) for name in limit["ratio"])
    if whole is None:
        return _total(rows, limit.get("sum")), Fraction(1)
    of_whole = [row for row in offered if _counts(night, whole, row)]
    return _total([row for row in of_whole if row in rows], limit.get("sum")), _total(of_whole, limit.get("sum"))


def _bound(written: object) -> Fraction | None:
    text = str(written)
    return None if written is None else Fraction(text.rstrip("%")) / (100 if text.endswith("%") else 1)


def _counts(night, where: dict, row: dict) -> bool:
    offer = next((offer for offer in night.offers if offer["id"] == row["offer_id"]), {})
    facts = {**offer, **row, "offer": row["offer_id"], "customer": row["customer_id"]}
    is_in = bool(set(night.segments.get(row["customer_id"], ())) & set(where.get("segment", ())))
    return all(is_in if name == "segment" else facts.get(name) in values for name, values in where.items())


def _total(rows: list[dict], name: str | None) -> Fraction:
    """The sum of a column; None: the number of rows."""
    if name is None:
        return Fraction(len(rows))
    return sum((Fraction(row.get(name) or Decimal(0)) for row in rows), Fraction(0))


def _is_in_force(limit: dict) -> bool:
    first, last = (date.fromisoformat(str(limit.get(name) or AS_OF)) for name in ("valid_from", "valid_to"))
    return first <= AS_OF <= last


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith("=") else text
