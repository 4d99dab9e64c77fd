"""Offers that must be sent on the date, and how many of them the limits let go."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations.audit.evidence import Evidence
from expectations.audit.micros import MICROS
from expectations.audit.proof import proven_bound
from expectations.audit.recount import is_switched_on

MUST_SEND = "must_send"
"""Of the proof, and a column of the candidates: whether one must be sent."""


def must_sends_on(evidence: Evidence) -> list[str]:
    """The offers, the one that goes first foremost: in the order of the rows of offers.csv."""
    return [
        str(offer["id"])
        for offer in evidence.offers
        if is_switched_on(offer.get("must_send"))
        and date.fromisoformat(str(offer["valid_from"])) <= evidence.as_of
        and evidence.as_of <= date.fromisoformat(str(offer["valid_to"]))
    ]


def is_must_send(evidence: Evidence, table: pa.Table) -> pa.ChunkedArray:
    """Whether each candidate is of one of them."""
    return pc.is_in(table["offer_id"], pa.array(must_sends_on(evidence), pa.string()))


def demanded(evidence: Evidence) -> list[Mapping[str, Any]]:
    """What the plan was held to beside its limits: as many as the proof says."""
    planned = evidence.proof.get(MUST_SEND, {}).get("planned", 0) if must_sends_on(evidence) else 0
    return [{"name": MUST_SEND, "count": "contacts", "where": {MUST_SEND: [True]}, "min": planned}] if planned else []


def most_that_go(table: pa.Table, limits: Sequence[Mapping[str, Any]], proof: Mapping[str, Any]) -> int | None:
    """So many must-sends no plan within the limits exceeds, by the prices of a proof; wishes cannot hold any back.

    Args:
        table: the candidates with MUST_SEND.

    Returns:
        None where the proof shows that there is no plan.
    """
    hard = [
        limit for limit in map(_without_wish, limits) if limit.get("min") is not None or limit.get("max") is not None
    ]
    gain = table[MUST_SEND].to_numpy().astype(np.int64) * MICROS
    facts = {
        "max_per_household": proof["max_per_household"],
        **{name: proof[MUST_SEND][name] for name in ("prices", "tree")},
    }
    bound = proven_bound(table, hard, facts, proof[MUST_SEND]["planned"] * MICROS, gain=gain)
    return None if bound is None else int(Fraction(bound, MICROS))


def _without_wish(limit: Mapping[str, Any]) -> Mapping[str, Any]:
    if limit.get("shortfall_price") is None:
        return limit
    return {key: value for key, value in limit.items() if key not in ("min", "shortfall_price")}
