"""What the experiments left to the plan, drawn again from ids, salts and the policy's plain data."""

import heapq
import hmac
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b, sha256
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pandas.util import hash_array

from expectations.audit.evidence import Evidence
from expectations.audit.must_sends import MUST_SEND, is_must_send, must_sends_on
from expectations.audit.segments import concerned

Mask = NDArray[np.bool_]
EXPLORES = "explores"
FOR_HOLDOUT = "holdout"
KEY = ("customer_id", "offer_id", "channel")


def is_drawn(ids: Sequence[str], *, share: object, salt: bytes | None, purpose: str) -> Mask:
    """Whether each id belongs to the share that is drawn for a purpose.

    Raises:
        ValueError: the salt is not given.
    """
    if not salt:
        raise ValueError("nothing can be drawn again without its salt")
    return _numbers(ids, salt, purpose) < np.uint64(int(float(str(share)) * 2**64))


def _numbers(ids: Sequence[str], salt: bytes, purpose: str) -> NDArray[np.uint64]:
    """Of the holdout the head of each id's HMAC, else a hash of the id under a key made of the purpose."""
    if purpose == FOR_HOLDOUT:
        heads = [hmac.new(salt, name.encode(), sha256).digest()[:8] for name in ids]
        return np.array([int.from_bytes(head, "big") for head in heads], dtype=np.uint64)
    key = hmac.new(salt, purpose.encode(), sha256).hexdigest()[:16]
    return hash_array(np.array(ids, dtype=object), hash_key=key, categorize=False)


def in_arm(evidence: Evidence, customers: Sequence[str], offers: Sequence[str]) -> Mask:
    """Whether each customer belongs to the control arm of the offer beside it."""
    control, is_in = evidence.policy.get("control"), np.zeros(len(offers), dtype=bool)
    if not control:
        return is_in
    of_row, candidates = np.array(offers, dtype=object), {*offers} - {*must_sends_on(evidence)}
    bound = None if control.get("segments") is None else concerned(evidence, control, set(customers))
    for offer_id in sorted(name for name in candidates if _is_in_scope(control, evidence.offer_of.get(name, {}))):
        rows = np.flatnonzero(of_row == offer_id)
        purpose = f"control arm of {offer_id}"
        arm_customers = [customers[int(row)] for row in rows]
        is_in[rows] = is_drawn(arm_customers, share=control["share"], salt=evidence.control_salt, purpose=purpose)
    return is_in if bound is None else is_in & np.array([customer in bound for customer in customers], dtype=bool)


def explores(evidence: Evidence, units: Sequence[str]) -> Mask:
    """Whether each customer, or household, explores on the date."""
    exploration = evidence.policy.get("exploration")
    if not exploration:
        return np.zeros(len(units), dtype=bool)
    purpose = f"explores on {evidence.as_of}"
    return is_drawn(units, share=exploration["share"], salt=evidence.exploration_salt, purpose=purpose)


def left_to_the_plan(evidence: Evidence) -> tuple[pa.Table, list[Mapping[str, Any]]]:
    """The candidates among which the plan was chosen, and the demand that what was drawn is sent.

    Nothing of arms is left, nothing of units that are kept back, and of units that explore what was drawn; what must be
    sent is left always.
    """
    table = evidence.candidates
    is_must = is_must_send(evidence, table)
    if must_sends_on(evidence):
        table = table.append_column(MUST_SEND, is_must)
    explored, control = ({tuple(row) for row in evidence.proof[name]} for name in ("explored", "control"))
    if not explored and not control and not evidence.policy.get("control"):
        return table, []
    customers, offers = table["customer_id"].to_pylist(), table["offer_id"].to_pylist()
    units = table[unit_column(evidence)].to_pylist()
    keys = list(zip(customers, offers, table["channel"].to_pylist(), strict=True))
    is_explored = np.array([key in explored for key in keys], dtype=bool)
    spoken_for = {unit for unit, key in zip(units, keys, strict=True) if key in explored or key in control}
    is_free = np.array([unit not in spoken_for for unit in units], dtype=bool)
    is_left = (is_free & ~in_arm(evidence, customers, offers)) | is_explored | is_must.to_numpy()
    remaining = table.append_column(EXPLORES, pa.array(is_explored)).filter(pa.array(is_left))
    demand = {"name": "exploration", "count": "contacts", "where": {EXPLORES: [True]}, "min": len(explored)}
    return remaining, [demand] if explored else []


def unit_column(evidence: Evidence) -> str:
    """Chance treats a household as one where the plan does."""
    return "customer_id" if evidence.proof["max_per_household"] is None else "household_id"


def _is_in_scope(control: Mapping[str, Any], offer: Mapping[str, Any]) -> bool:
    scope = control.get("offers") or {}
    return bool(offer) and all(offer.get(key) in values for key, values in scope.items() if values is not None)


SAMPLE = 2301
"""So many find a fault of one customer in 500 with a probability of 0.99: 1 - (1 - 1/500) ** 2301."""


def drawn(evidence: Evidence, customers: Iterable[str], purpose: str) -> frozenset[str]:
    """SAMPLE of the customers, or all where there are fewer, by a hash keyed by the set's name and the purpose."""
    key = f"{evidence.folder.resolve().name}/{purpose}".encode()[:64]
    ranked = ((blake2b(customer.encode(), digest_size=8, key=key).digest(), customer) for customer in customers)
    return frozenset(customer for _, customer in heapq.nsmallest(SAMPLE, ranked))
