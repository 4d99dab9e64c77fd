"""What a night leaves in the lake: candidates, features and scores."""

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.expectations.audit.drawn.decisions import MONEY
from tests.expectations.audit.drawn.features import SCHEMA as FEATURES
from tests.expectations.audit.drawn.features import feature_rows
from tests.expectations.audit.drawn.models import attrition, liking
from tests.expectations.audit.drawn.raw import ATTRIBUTES

KEYS = ("customer_id", "offer_id", "channel", "value", "cost")
CANDIDATE = pa.schema(
    [(name, pa.int64() if name in MONEY else pa.string()) for name in (*KEYS, "objective", "category", "household_id")]
    + [("propensity", pa.float64())]
)
SCORES = pa.schema(
    [("customer_id", pa.string()), ("attrition", pa.float64()), ("liking", pa.map_(pa.string(), pa.float64()))]
)
GROUP_SCORES = pa.schema([("customer_id", pa.string()), ("is_new", pa.bool_()), ("attrition", pa.float64())])
UNUSED = {"objector", "quarantined"}


def lay_candidates(night) -> Path:
    """What was offered, and what a test adds: amounts in millionths."""
    offered = [row for row in night.decisions if row["status"] == "offered" and None not in (row["value"], row["cost"])]
    rows = [{name: row[name] for name in KEYS} for row in [*offered, *night.further_candidates]]
    night.change_candidates(rows)
    attributes = night.attributes_of_all()
    summed = sorted({limit.get("sum") for limit in night.policy.get("limits", ())} & {*ATTRIBUTES})
    for row in rows:
        offer = next((offer for offer in night.offers if offer["id"] == row["offer_id"]), {})
        row |= {name: offer.get(name) for name in ("objective", "category")}
        row["household_id"] = night.households.get(row["customer_id"]) or _home(night, row["customer_id"])
        row |= {name: int(Decimal(row[name]).scaleb(6)) for name in ("value", "cost")}
        row["segment"] = night.segments.get(row["customer_id"], [])
        row |= {name: row.get(name, attributes[row["customer_id"]].get(name)) for name in summed}
    further = (
        [pa.field("segment", pa.list_(pa.field("element", pa.string(), nullable=False)))]
        if night.policy.get("segments")
        else []
    )
    further += [pa.field(name, pa.float64()) for name in summed]
    further += [pa.field("household_capacity", pa.int64())] if any("household_capacity" in row for row in rows) else []
    return _lay(night, "candidates", rows, pa.schema([*CANDIDATE, *further]))


def lay_features_and_scores(night) -> tuple[Path, Path]:
    """What raw rows and models say, unless a test says otherwise of somebody."""
    usable = [row["customer_id"] for row in night.decisions if row["status"] not in UNUSED]
    usable = list(dict.fromkeys([*usable, *night.further_scored]))
    features = feature_rows(usable, night.transactions, night.products, night.attributes_of_all())
    scores = []
    for row in features:
        bought = {item["category"]: item["category_days_since_last_purchase"] for item in row["categories"] or ()}
        score = {"attrition": attrition(row["leaning"], row["days_since_last_purchase"]), "liking": liking(bought)}
        scores.append({"customer_id": row["customer_id"], **score} | night.scores.get(row["customer_id"], {}))
    stored = [row | night.features.get(row["customer_id"], {}) for row in features]
    night.change_features(stored)
    return _lay(night, "features", stored, FEATURES), _lay(night, "propensities", scores, SCORES)


def lay_group_scores(night) -> Path:
    """What stands for the scores of customers of whom a model knows nothing."""
    rows = [{"customer_id": customer, **facts} for customer, facts in night.group_scores.items()]
    return _lay(night, "group_scores", rows, GROUP_SCORES)


def _home(night, customer: str) -> str:
    """The household of the raw table; who has none is one alone."""
    homes = dict(line.split(",")[:2] for line in night.customers.splitlines())
    return homes.get(customer, "").strip() or customer


def _lay(night, name: str, rows: list[dict], schema: pa.Schema) -> Path:
    folder = night.root / name / "as_of=2024-07-01"
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, schema), folder / "part-0.parquet")
    return folder
