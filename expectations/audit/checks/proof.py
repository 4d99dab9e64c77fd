"""Proof: the plan against all candidates, and the bound against the prices that prove it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.experiments import left_to_the_plan
from expectations.audit.households import capacity_breaches, stated_by
from expectations.audit.micros import to_micros
from expectations.audit.must_sends import demanded
from expectations.audit.periods import limits_of_the_night
from expectations.audit.proof import proven_bound
from expectations.audit.recount import is_in_force

KEYS = ("customer_id", "offer_id", "channel", "value", "cost")


def every_offer_was_a_candidate(evidence: Evidence) -> Iterator[Breach]:
    """Each published offer, with its value and its cost, is one of the night's candidates.

    Reads: decisions, the lake's candidates.
    """
    complete = [row for row in evidence.offered if None not in (row["value"], row["cost"])]
    rows = [[row[name] for row in complete] for name in KEYS]
    rows[3:] = [[to_micros(amount) for amount in amounts] for amounts in rows[3:]]
    offered = pa.table(dict(zip(KEYS, rows, strict=True)), evidence.candidates.select(KEYS).schema)
    strangers = offered.join(evidence.candidates.select(KEYS), list(KEYS), join_type="left anti").num_rows
    if strangers:
        yield Breach(
            "candidates", "offers that were no candidates of the night, or not at this value and cost", strangers
        )


def the_bound_follows_from_its_prices(evidence: Evidence) -> Iterator[Breach]:
    """No plan of the candidates is worth more than the bound, by weak duality at the published prices.

    That the plan is worth no more than its bound is another check's.

    Reads: proof, the lake's candidates, policy, manifest, raw contacts, other sets.
    """
    if evidence.proof["max_per_household"] != stated_by(evidence):
        yield Breach("bound", "the proof is of another number of contacts per household", 1)
        return
    wrong = list(capacity_breaches(evidence))
    if wrong:
        yield from wrong
        return
    plan = evidence.manifest["plan"]
    value, bound = (to_micros(Decimal(plan[name])) for name in ("value", "bound"))
    candidates, demands = left_to_the_plan(evidence)
    limits = [*limits_of_the_night(evidence), *demands, *demanded(evidence)]
    proven = proven_bound(candidates, limits, evidence.proof, value)
    if proven is None or proven > max(bound, value):
        yield Breach("bound", "the prices do not prove the bound", 1)


def _in_force(kind: str, evidence: Evidence) -> list[Mapping[str, Any]]:
    return [limit for limit in evidence.policy.get(kind) or () if is_in_force(limit, evidence.as_of)]
