"""Customers drawn for a closer look: the same for the same set, and nobody's choice before the set is sealed."""

import heapq
from collections.abc import Iterable
from hashlib import blake2b

from optimization.audit.evidence import Evidence


def drawn(evidence: Evidence, customers: Iterable[str], size: int, purpose: str) -> frozenset[str]:
    """As many of the customers, or all where there are fewer, by a hash keyed by the set's name and the purpose."""
    key = f"{evidence.folder.resolve().name}/{purpose}".encode()[:64]
    ranked = ((blake2b(one.encode(), digest_size=8, key=key).digest(), one) for one in customers)
    return frozenset(one for _, one in heapq.nsmallest(size, ranked))
