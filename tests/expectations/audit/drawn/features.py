"""A feature table from transactions as text: for every customer five features and two of each category."""

import csv
import io
from collections import defaultdict
from datetime import date

import pyarrow as pa

from models.features.declaration import all_features, as_json
from tests.expectations.audit.drawn.decisions import AS_OF
from tests.expectations.audit.drawn.raw import ATTRIBUTES

OF_CUSTOMER = ("baskets_30d", "spend_90d", "spend_per_basket_90d", "returned_365d", "days_since_last_purchase")
OF_CATEGORY = ("category_days_since_last_purchase", "category_spend_90d")
DECLARED = as_json([all_feature for all_feature in all_features() if all_feature.name in (*OF_CUSTOMER, *OF_CATEGORY)])
PACKED = pa.struct([("category", pa.string()), *((name, pa.float64()) for name in OF_CATEGORY)])
SCHEMA = pa.schema(
    [("customer_id", pa.string())]
    + [(name, pa.float64()) for name in (*OF_CUSTOMER, *ATTRIBUTES)]
    + [("categories", pa.list_(PACKED))]
)


def feature_rows(customers: list[str], transactions: str, products: str, attributes: dict[str, dict]) -> list[dict]:
    """One row for each customer; a line that lacks something, and one of the day itself, is none."""
    category_of = {row["product_id"]: row["category"] for row in csv.DictReader(io.StringIO(products))}
    lines = defaultdict(list)
    for row in csv.DictReader(io.StringIO(transactions)):
        day = _day(row["happened_at"])
        if day and day < AS_OF:
            facts = float(row["amount"]), float(row["quantity"]), category_of.get(row["product_id"])
            lines[row["customer_id"]].append(((AS_OF - day).days, row["transaction_id"], *facts))
    return [
        {"customer_id": customer, **_of(lines[customer]), **dict.fromkeys(ATTRIBUTES), **attributes.get(customer, {})}
        for customer in customers
    ]


def _day(stamp: str) -> date | None:
    try:
        return date.fromisoformat(stamp[:10])
    except ValueError:
        return None


def _of(lines: list[tuple]) -> dict:
    quarter = [line for line in lines if line[0] <= 90]
    baskets, spend = {(ago, item) for ago, item, *_ in quarter}, _sum(line[2] for line in quarter)
    returned = [abs(amount) for ago, _, amount, quantity, _ in lines if ago <= 365 and (amount < 0 or quantity < 0)]
    return {
        "baskets_30d": float(len({(ago, line) for ago, line, *_ in lines if ago <= 30})),
        "spend_90d": spend,
        "spend_per_basket_90d": spend / len(baskets) if baskets else None,
        "returned_365d": _sum(returned),
        "days_since_last_purchase": float(min(line[0] for line in lines)) if lines else None,
        "categories": _by_category(lines),
    }


def _by_category(lines: list[tuple]) -> list[dict] | None:
    names = sorted({line[4] for line in lines} - {None})
    return [
        {
            "category": name,
            "category_days_since_last_purchase": float(min(line[0] for line in lines if line[4] == name)),
            "category_spend_90d": _sum(line[2] for line in lines if line[4] == name and line[0] <= 90),
        }
        for name in names
    ] or None


def _sum(amounts) -> float:
    """In whole millionths, as money is added up."""
    return sum(round(amount * 1e6) for amount in amounts) / 1e6
