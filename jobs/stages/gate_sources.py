"""Sources -> the population, row counts and quarantine; stops the night when a contract is broken."""

from functools import reduce

import pyarrow as pa
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from conf.sources import SourceName
from expectations.gate import GateFailed, GateReport, check
from expectations.references import check_across
from expectations.tables import table
from jobs.core.errors import ConsentError, SourceError
from jobs.gates.consent_gate import check_consents
from jobs.gates.input_pinning import forget_inputs, pin_inputs
from jobs.gates.ledger_gate import check_ledger
from jobs.gates.population import population
from jobs.gates.source_gate import NEWEST, SourceGate
from jobs.gates.usual_rows import check_known, check_rows
from jobs.run_context import RunContext
from jobs.sources.pinned_inputs import FIRST, read_at
from jobs.sources.reader import SOURCE_NAMES

SET_ASIDE = pa.schema([("table_name", pa.string()), ("file", pa.string()), ("row", pa.int64()), ("rule", pa.string())])
COUNT_SCHEMA = "table_name string, rows bigint, quarantined bigint, newest date"


def run(context: RunContext) -> None:
    """Check our own history, pin the inputs, gate every table, then say of whom it may be decided."""
    check_ledger(context)
    pin_inputs(context)
    try:
        _gate_all(context)
    except (GateFailed, SourceError, ConsentError):
        forget_inputs(context)
        raise


def _gate_all(context: RunContext) -> None:
    gates = {
        name: SourceGate(context, name, source, None if name == "consents" else context.as_of)
        for name in SOURCE_NAMES
        if (source := context.settings.sources.get(name))
    }
    reports = {name: gate.judge() for name, gate in gates.items()}
    reader = context.sources
    read = {str(name): reader.read(name, gate.before) for name, gate in gates.items()}
    frames = {name: frame for name, frame in read.items() if frame is not None}
    check_consents(context, gates.get("consents"), reports.get("consents"), frames["customers"], FIRST)
    for name, gate in gates.items():
        check_rows(context, name, gate.source, reports[name].rows)
    for breach in check_across(frames):
        context.say(f"  {breach}")
        for name in NEWEST:  # consents have a rule of their own
            if breach.subject == f"{name}.customer_id":
                check_known(name, gates[name].source, reports[name].rows, breach.figure)
    counts = context.spark.createDataFrame([_counts(name, report) for name, report in reports.items()], COUNT_SCHEMA)
    context.lake.write(counts, "source_counts", context.as_of)
    _write_set_aside(context, gates, reports)
    moment = read_at(context.lake, FIRST, context.as_of)
    decided = population(frames["customers"], reader.read_clean("consents", None), context.settings, moment)
    check(decided, table("population")).raise_if_stopped()
    context.lake.write(decided, "population", context.as_of)


def _counts(name: SourceName, report: GateReport) -> Row:
    return Row(table_name=name, rows=report.rows, quarantined=report.quarantined, newest=report.newest)


def _write_set_aside(
    context: RunContext, gates: dict[SourceName, SourceGate], reports: dict[SourceName, GateReport]
) -> None:
    """Every row that leaves the night, by file and number; of a night that sets none aside, an empty table."""
    rejected = [
        gates[name].rows_against(report).select(F.lit(name).alias("table_name"), "file", "row", "rule")
        for name, report in reports.items()
        if report.quarantines
    ]
    contract = table("quarantine")
    if rejected:
        rows = reduce(DataFrame.unionByName, rejected)
        context.lake.write(rows, contract.name, context.as_of, lambda frame: check(frame, contract).raise_if_stopped())
    else:
        context.lake.write_arrow(SET_ASIDE.empty_table(), contract.name, context.as_of)
