"""A set sealed as publication seals it, with none of publication's code."""

import csv
import hashlib
import io
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.expectations.audit.drawn.decisions import AS_OF, MONEY, SCHEMA
from tests.expectations.audit.drawn.limits import limits_csv
from tests.expectations.audit.drawn.models import stated_models
from tests.expectations.audit.drawn.report import STATUSES, report

SENT = pa.schema(
    [(name, pa.string()) for name in ("customer_id", "offer_id", "channel", "offer_name", "reason")]
    + [("valid_until", pa.date32())]
)
CHANNELS = ("email", "sms")
MADE_BY = {"oneoffer": "0.1.0", "code_sha256": "c" * 64, "settings_sha256": "5" * 64}
KEPT = ("certificates", "limit_prices", "scored_with")
NUMBERS = ("use", "min", "max", "shadow_price", "shortfall")
LIMITS = pa.schema(
    [(name, pa.float64()) for name in NUMBERS]
    + [("binding", pa.bool_()), *((name, pa.string()) for name in ("name", "side", "cause"))]
)
FIGURE = pa.struct([("metric", pa.string()), *((name, pa.float64()) for name in ("value", "low", "high", "naive"))])
MODELS = pa.schema(
    [(name, pa.string()) for name in ("model", "score", "sha256", "trained_as_of", "tested_at")]
    + [("version", pa.int64()), ("from_cache", pa.bool_()), ("figures", pa.list_(FIGURE))]
)
TABLES = ("customers", "consents", "transactions", "products", "contacts", "responses")


def seal(night) -> Path:
    """Write the night's set, and what else the night kept; its changes are made on the way."""
    proof = _proof(night)
    night.change_proof(proof)
    limits = night.count_limits(night, proof)
    files = {"report.html": b"", "limits.csv": limits_csv(limits), "proof.json": json.dumps(proof).encode()}
    tables = {"decisions.parquet": pa.Table.from_pylist(night.decisions, SCHEMA)}
    for channel in CHANNELS:
        tables[f"{channel}.parquet"] = pa.Table.from_pylist(_sent(night, channel), SENT)
        files[f"{channel}.csv"] = _csv(tables[f"{channel}.parquet"])
    files |= {name: _parquet(table) for name, table in tables.items()}
    files |= {"newcomers.csv": night.newcomers.encode()} if night.newcomers else {}
    sketch = _changed_manifest(night, files, tables, limits)
    files["report.html"] = report(night, sketch["plan"], limits, stated_models())
    night.change_files(files)
    manifest = _changed_manifest(night, files, tables, limits, sketch["plan"])
    _keep(night, sketch, limits)
    files["manifest.json"] = json.dumps(manifest).encode()
    sums = "".join(f"{_sha256(content)}  {name}\n" for name, content in sorted(files.items())).encode()
    folder = night.root / AS_OF.isoformat() / f"set-{_sha256(sums)[:16]}"
    folder.mkdir(parents=True, mode=0o750)
    for name, content in {**files, "SHA256SUMS": sums, "audit.json": b"{}"}.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o640)
    night.change_sealed(folder)
    return folder


def _changed_manifest(
    night, files: dict[str, bytes], tables: dict[str, pa.Table], limits: list[dict], of_sketch: dict | None = None
) -> dict:
    """With the night's changes; the gap is that of value and bound when these are changed."""
    manifest = _manifest(night, files, tables) | {"limits": [dict(row) for row in limits]}
    derived = {name: of_sketch[name] for name in ("gap", "without_experiments")} if of_sketch else {}
    manifest["plan"].update(derived)
    night.change_manifest(manifest)
    plan = manifest.get("plan", {})
    if not derived:
        value, bound = (Fraction(plan[name]) for name in ("value", "bound"))
        plan.setdefault("gap", float((bound - value) / max(abs(bound), Fraction(1))))
        plan.setdefault("without_experiments", plan["value"])
    return manifest


def _keep(night, manifest: dict, limits: list[dict]) -> None:
    """What the night kept of models, plan and limits beside the set."""
    plan = manifest["plan"]
    micros = {name: int(Decimal(plan[name]).scaleb(6)) for name in ("value", "bound", "without_experiments")}
    kept = {"certificates": [{**{name: plan[name] for name in ("status", "engine", "gap")}, **micros}]}
    kept |= {"scored_with": stated_models(), "limit_prices": limits}
    night.change_kept(kept)
    for name, rows in kept.items():
        folder = night.root / name / f"as_of={AS_OF}"
        folder.mkdir(parents=True)
        schema = LIMITS if name == "limit_prices" else MODELS if name == "scored_with" else None
        pq.write_table(pa.Table.from_pylist(rows, schema), folder / "part-0.parquet")


def _proof(night) -> dict:
    """The wish for more cards is worth its own price, which gives each card half a dollar; nothing else binds."""
    wishes = [limit for limit in night.policy.get("limits", ()) if limit.get("shortfall_price")]
    prices = [
        {"limit": wish["name"], "bound": "min", "price": str(Decimal(str(wish["shortfall_price"])) * 10**6)}
        for wish in wishes
    ]
    proof = {"max_per_household": None, "prices": prices, "tree": [], "explored": [], "control": []}
    first = {"must_send": {**night.must_send, "prices": night.must_send_prices, "tree": []}} if night.must_send else {}
    return proof | first


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
    facts = {name: {"sha256": _sha256(content), "bytes": len(content)} for name, content in files.items()}
    for name, table in tables.items():
        for kind in (".parquet", ".csv"):
            facts.get(name.replace(".parquet", kind), {})["rows"] = table.num_rows
    sent = [row for row in night.decisions if row["status"] == "offered"]
    sums = {name: sum((row[name] or Decimal(0) for row in sent), Decimal(0)) for name in MONEY}
    facts["decisions.parquet"]["sums"] = {name: str(amount) for name, amount in sums.items()}
    wishes = [limit for limit in night.policy.get("limits", ()) if limit["name"] == "card wish"]
    value = sums["net_value"] - sum(
        Decimal("0.5") * max(wish["min"] - sum(row["offer_id"] == "card" for row in sent), 0) for wish in wishes
    )
    plan = {"value": str(value), "bound": str(value + night.bound_above_value), "opted_out": night.opted_out}
    plan |= {"status": "optimal", "engine": "exact"}
    if night.must_send:
        must_be_sent = {offer["id"] for offer in night.offers if offer.get("must_send")}
        number = sum(row["offer_id"] in must_be_sent for row in sent)
        plan["must_send"] = {"due": night.must_send["due"], "sent": number, "at_most": night.must_send["at_most"]}
    statuses = dict.fromkeys(STATUSES, 0) | Counter(row["status"] for row in night.decisions)
    message = {
        "as_of": AS_OF.isoformat(),
        "models": stated_models(),
        **_inputs(night),
        **MADE_BY,
        "last_night": _last_night(night),
    }
    message |= {"deployment": "drawn", "currency": "EUR", "time_zone": night.time_zone, "history": _history(night)}
    return message | {"statuses": statuses, "plan": plan, "files": facts}


def _history(night) -> dict:
    """The sets of other dates: each date's newest."""
    days = sorted(path for path in night.root.glob("????-??-??") if path.name != AS_OF.isoformat())
    newest = [(day, max(day.glob("COMMIT.*"))) for day in days if list(day.glob("COMMIT.*"))]
    names = "".join(f"{day.name}/{json.loads(mark.read_text())['set']}\n" for day, mark in newest)
    return {"sets": len(newest), "sha256": _sha256(names.encode())}


def _last_night(night) -> dict:
    """The night before, of which nothing is left but how scores fell into bins."""
    rows = [{"model": "attrition", "column": "attrition", "counts": [3, 1]}]
    folder = night.root / "bin_counts" / "as_of=2024-06-30"
    if not folder.exists():
        folder.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(rows), folder / "part-0.parquet")
    return {"as_of": "2024-06-30", "sha256": _sha256(json.dumps(rows, sort_keys=True).encode())}


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
    texts = [table.column_names.index(name) for name in ("offer_name", "reason")]
    safe = [
        [f"'{cell}" if place in texts and cell.startswith("=") else cell for place, cell in enumerate(row)]
        for row in rows
    ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([table.column_names, *safe])
    return text.getvalue().encode()
