"""Makes the manifest of a set from the lake and from the files of the set."""

from collections import Counter
from decimal import Decimal
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from conf.micros import to_units
from jobs.core.statuses import OPTED_OUT, STATUSES
from jobs.publishing.manifest_file import (
    ComparedNight,
    FileEntry,
    HistoryOfSets,
    InputFacts,
    LimitFacts,
    Manifest,
    ModelVersion,
    MustSendFacts,
    PlanFacts,
)
from jobs.report_page.facts import must_send_facts
from jobs.run_context import RunContext
from jobs.scoring.bin_counts import last_night_facts
from jobs.sources.earlier_sets import earlier_sets
from jobs.sources.fingerprint import code_sha256, history_facts
from jobs.sources.pinned_inputs import consents_facts, pinned_facts

MONEY = ("value", "cost", "net_value")


def manifest(context: RunContext, tables: dict[str, pa.Table], files: dict[str, bytes]) -> Manifest:
    """What the set is, what it was made from, and what it is worth."""
    lake, as_of, settings = context.lake, context.as_of, context.settings
    deployment, decisions = settings.deployment, tables["decisions"]
    counts = Counter(decisions["status"].to_pylist())
    night_before = last_night_facts(lake, as_of)
    return Manifest(
        oneoffer=version("oneoffer"),
        deployment=deployment.name,
        as_of=as_of,
        currency=deployment.currency,
        time_zone=deployment.time_zone,
        code_sha256=code_sha256(),
        settings_sha256=settings.fingerprint(),
        sources=[InputFacts(**facts) for facts in pinned_facts(lake, as_of)],
        consents=[InputFacts(**facts) for facts in consents_facts(lake, as_of)],
        history=HistoryOfSets(**history_facts(earlier_sets(context), as_of)),
        last_night=ComparedNight.model_validate(night_before) if night_before else None,
        models=[ModelVersion(**row) for row in lake.read_arrow("scored_with", as_of).sort_by("model").to_pylist()],
        statuses={status: counts.get(status, 0) for status in STATUSES},
        plan=_plan(context, decisions),
        limits=[LimitFacts(**row) for row in lake.read_arrow("limit_prices", as_of).to_pylist()],
        files={name: _file(name, content, tables) for name, content in sorted(files.items())},
    )


def _plan(context: RunContext, decisions: pa.Table) -> PlanFacts:
    """The certificate in the currency, exact; `opted_out` offers were taken out after it was made."""
    row = context.lake.read_arrow("certificates", context.as_of).to_pylist()[0]
    money = {name: to_units(row[name]) for name in ("value", "bound", "without_experiments")}
    opted_out = sum(OPTED_OUT in reasons for reasons in decisions["reasons"].to_pylist())
    facts = {"status": row["status"], "engine": row["engine"], "gap": row["gap"], "opted_out": opted_out, **money}
    must_send = must_send_facts(context, decisions)
    return PlanFacts(**facts, must_send=MustSendFacts(**must_send)) if must_send else PlanFacts(**facts)


def _file(name: str, content: bytes, tables: dict[str, pa.Table]) -> FileEntry:
    facts: dict[str, Any] = {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
    table = tables.get(name.rpartition(".")[0])
    if table is not None:
        facts["rows"] = table.num_rows
    if table is not None and "net_value" in table.column_names:
        sent = table.filter(pc.equal(table["status"], "offered"))
        facts["sums"] = {column: pc.sum(sent[column]).as_py() or Decimal(0) for column in MONEY}
    return FileEntry(**facts)
