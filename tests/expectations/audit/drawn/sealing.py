"""A set sealed as publication seals it, with none of publication's code."""

import csv
import hashlib
import io
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.expectations.audit.drawn.decisions import AS_OF, MONEY, SCHEMA
from tests.expectations.audit.drawn.models import stated_models

SENT = pa.schema(
    [(name, pa.string()) for name in ("customer_id", "offer_id", "channel", "offer_name", "reason")]
    + [("valid_until", pa.date32())]
)
CHANNELS = ("email", "sms")
TABLES = ("customers", "consents", "transactions", "products", "contacts", "responses")


def seal(night) -> Path:
    """Write the night's set; its changes are made on the way."""
    files = {"report.html": b"<p>A night.</p>", "limits.csv": b"name,use\r\nbudget,5.0\r\nslack,-1.0\r\n"}
    tables = {"decisions.parquet": pa.Table.from_pylist(night.decisions, SCHEMA)}
    for channel in CHANNELS:
        tables[f"{channel}.parquet"] = pa.Table.from_pylist(_sent(night, channel), SENT)
        files[f"{channel}.csv"] = _csv(tables[f"{channel}.parquet"])
    files |= {name: _parquet(table) for name, table in tables.items()}
    proof = _proof(night)
    night.change_proof(proof)
    files["proof.json"] = json.dumps(proof).encode()
    night.change_files(files)
    manifest = _manifest(night, files, tables)
    night.change_manifest(manifest)
    files["manifest.json"] = json.dumps(manifest).encode()
    sums = "".join(f"{_sha256(content)}  {name}\n" for name, content in sorted(files.items())).encode()
    folder = night.root / AS_OF.isoformat() / f"set-{_sha256(sums)[:16]}"
    folder.mkdir(parents=True)
    for name, content in {**files, "SHA256SUMS": sums, "audit.json": b"{}"}.items():
        (folder / name).write_bytes(content)
    night.change_sealed(folder)
    return folder


def _proof(night) -> dict:
    """The wish for more cards is worth its own price, which gives each card half a dollar; nothing else binds."""
    wishes = [limit for limit in night.policy.get("limits", ()) if limit.get("shortfall_price")]
    prices = [
        {"limit": wish["name"], "bound": "min", "price": str(Decimal(str(wish["shortfall_price"])) * 10**6)}
        for wish in wishes
    ]
    return {"max_per_household": None, "prices": prices, "tree": [], "explored": [], "control": []}


def _sent(night, channel: str) -> list[dict]:
    offers = {offer["id"]: offer for offer in night.offers}
    rows = [row for row in night.decisions if row["status"] == "offered" and row["channel"] == channel]
    facts = [(row, offers.get(row["offer_id"])) for row in sorted(rows, key=lambda row: row["customer_id"])]
    return [
        {name: row[name] for name in ("customer_id", "offer_id", "channel")}
        | {"offer_name": offer and offer["name"], "reason": (row["reasons"] or [None])[0]}
        | {"valid_until": offer and date.fromisoformat(offer["valid_to"])}
        for row, offer in facts
    ]


def _manifest(night, files: dict[str, bytes], tables: dict[str, pa.Table]) -> dict:
    facts = {name: {"sha256": _sha256(content)} for name, content in files.items()}
    for name, table in tables.items():
        facts[name]["rows"] = table.num_rows
    sent = [row for row in night.decisions if row["status"] == "offered"]
    sums = {name: sum((row[name] or Decimal(0) for row in sent), Decimal(0)) for name in MONEY}
    facts["decisions.parquet"]["sums"] = {name: str(amount) for name, amount in sums.items()}
    wishes = [limit for limit in night.policy.get("limits", ()) if limit["name"] == "card wish"]
    value = sums["net_value"] - sum(
        Decimal("0.5") * max(wish["min"] - sum(row["offer_id"] == "card" for row in sent), 0) for wish in wishes
    )
    plan = {"value": str(value), "bound": str(value + night.bound_above_value), "opted_out": night.opted_out}
    statuses = dict(Counter(row["status"] for row in night.decisions))
    message = {"as_of": AS_OF.isoformat(), "models": stated_models(), **_inputs(night)}
    return message | {"statuses": statuses, "plan": plan, "files": facts}


def _inputs(night) -> dict:
    """The raw files, as they lie there when the set is sealed."""
    names = [name for name in TABLES if name != "consents" or night.consents]
    contents = {name: (night.root / f"{name}.csv").read_bytes() for name in names}
    facts = {
        name: {"table": name, "file": f"{name}.csv", "bytes": len(content), "sha256": _sha256(content)}
        for name, content in contents.items()
    }
    return {"sources": list(facts.values()), "consents": [facts[name] for name in ("consents",) if name in facts]}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def _csv(table: pa.Table) -> bytes:
    rows = [["" if value is None else str(value) for value in row.values()] for row in table.to_pylist()]
    safe = [[f"'{cell}" if cell.startswith("=") else cell for cell in row] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([table.column_names, *safe])
    return text.getvalue().encode()
