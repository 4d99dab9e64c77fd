"""Numbers drawn for ids: the same for ever, and nobody can guess them without the salt."""

from __future__ import annotations

import hmac
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from pandas.util import hash_array

FOR_HOLDOUT = "holdout"
"""The purpose of the draw that keeps customers (or households) out of every contact."""


def is_drawn(ids: NDArray[np.object_], *, share: float, salt: bytes, purpose: str) -> NDArray[np.bool_]:
    """(k,) whether each id belongs to the share that is drawn for the purpose.

    Args:
        share: wanted share of all ids, in [0, 1). A larger one keeps whom a smaller one drew.
    """
    return drawn_numbers(ids, salt=salt, purpose=purpose) < np.uint64(int(share * 2**64))


def secret_fingerprint(salt: bytes) -> str:
    """What tells one secret from another and gives neither away, 16 hex digits."""
    return hmac.new(salt, b"fingerprint", sha256).hexdigest()[:16]


def drawn_numbers(ids: NDArray[np.object_], *, salt: bytes, purpose: str) -> NDArray[np.uint64]:
    """(k,) uniform 64-bit numbers of text ids; draws for different purposes are independent of each other.

    The holdout takes the first eight bytes of each id's HMAC, every other purpose a keyed hash (SipHash) whose key is
    the HMAC of the purpose. docs/decisions/0055 says why there are two.
    """
    if purpose == FOR_HOLDOUT:
        heads = (hmac.digest(salt, name.encode("utf-8"), sha256)[:8] for name in ids)
        return np.fromiter((int.from_bytes(head, "big") for head in heads), dtype=np.uint64, count=len(ids))
    key = hmac.new(salt, purpose.encode("utf-8"), sha256).hexdigest()[:16]
    return hash_array(ids, hash_key=key, categorize=False)
