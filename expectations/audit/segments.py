"""Which segments customers are in, by the policy's plain data and the lake's features and scores."""

from collections.abc import Collection, Mapping
from typing import Any

from conf.expressions import Kind, Origin, parse
from conf.expressions.evaluate import evaluate
from expectations.audit.evidence import Evidence
from expectations.audit.formula_rows import kinds, rows_of_customers, with_scores

SEGMENT = "segment"
OF_NO_OPTION = {"offer_id": None, "channel": None, "objective": None, "category": None}


def segments_of(evidence: Evidence, customers: Collection[str]) -> dict[str, frozenset[str]]:
    """Customer -> names of the segments whose condition is true of it; what is not known is not true."""
    columns = kinds(evidence)
    read = {
        name: parse(str(text), columns, result=Kind.BOOL, origin=Origin("policy.yaml", 1, "audit"))
        for name, text in (evidence.policy.get("segments") or {}).items()
    }
    rows = rows_of_customers(evidence, customers) if read else {}
    nothing = dict.fromkeys(columns)
    scored = {customer: with_scores(nothing | row | OF_NO_OPTION, evidence.models) for customer, row in rows.items()}
    return {
        customer: frozenset(name for name, condition in read.items() if evaluate(condition, row) is True)
        for customer, row in scored.items()
    }


def concerned(evidence: Evidence, part: Mapping[str, Any], customers: Collection[str]) -> frozenset[str]:
    """Of the customers those to whom a part of the policy applies: all, or those in one of its `segments`."""
    if part.get("segments") is None:
        return frozenset(customers)
    named = set(part["segments"])
    return frozenset(customer for customer, names in segments_of(evidence, customers).items() if names & named)
