"""manifest.json: what a set is, what it was made from, and what it is worth."""

from collections import Counter
from decimal import Decimal
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.candidates.judgement import MILLIONTHS
from jobs.core.statuses import OPTED_OUT, STATUSES
from jobs.run_context import RunContext
from jobs.scoring.drift import last_night_facts
from jobs.sources.fingerprint import code_sha256, history_facts
from jobs.sources.pinned_inputs import consents_facts, pinned_facts

MONEY = ("value", "cost", "net_value")


def manifest(context: RunContext, tables: dict[str, pa.Table], files: dict[str, bytes]) -> dict[str, Any]:
    """Plain data; holds no time of day and no machine, so that the same inputs make the same bytes."""
    lake, as_of, settings = context.lake, context.as_of, context.settings
    deployment, decisions = settings.deployment, tables["decisions"]
    counts = Counter(decisions["status"].to_pylist())
    return {
        "oneoffer": version("oneoffer"),
        "deployment": deployment.name,
        "as_of": as_of.isoformat(),
        "currency": deployment.currency,
        "time_zone": deployment.time_zone,
        "code_sha256": code_sha256(),
        "settings_sha256": settings.fingerprint(),
        "sources": pinned_facts(lake, as_of),
        "consents": consents_facts(lake, as_of),
        "history": history_facts(deployment.output, as_of),
        "last_night": last_night_facts(lake, as_of),
        "models": lake.read_arrow("scored_with", as_of).sort_by("model").to_pylist(),
        "statuses": {status: counts.get(status, 0) for status in STATUSES},
        "plan": _plan(context, decisions),
        "limits": lake.read_arrow("limit_prices", as_of).to_pylist(),
        "files": {name: _file(name, content, tables) for name, content in sorted(files.items())},
    }


def _plan(context: RunContext, decisions: pa.Table) -> dict[str, Any]:
    """The certificate in the currency, exact; `opted_out` offers were taken out after it was made."""
    row = context.lake.read_arrow("certificates", context.as_of).to_pylist()[0]
    money = {name: str(Decimal(row[name]) / MILLIONTHS) for name in ("value", "bound", "without_experiments")}
    opted_out = sum(OPTED_OUT in reasons for reasons in decisions["reasons"].to_pylist())
    return {"status": row["status"], "engine": row["engine"], "gap": row["gap"], **money, "opted_out": opted_out}


def _file(name: str, content: bytes, tables: dict[str, pa.Table]) -> dict[str, Any]:
    facts: dict[str, Any] = {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
    table = tables.get(name.rpartition(".")[0])
    if table is not None:
        facts["rows"] = table.num_rows
    if table is not None and "net_value" in table.column_names:
        sent = table.filter(pc.equal(table["status"], "offered"))
        facts["sums"] = {column: str(pc.sum(sent[column]).as_py() or Decimal(0)) for column in MONEY}
    return facts
