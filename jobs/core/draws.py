"""Numbers drawn for ids: the same for ever, and nobody can guess them without the salt."""

from __future__ import annotations

import hmac
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from pandas.util import hash_array


def drawn_numbers(ids: NDArray[np.object_], *, salt: bytes, purpose: str) -> NDArray[np.uint64]:
    """(k,) uniform 64-bit numbers of text ids; draws for different purposes know nothing of each other.

    A keyed hash (SipHash) whose key is the HMAC of the purpose: millions of ids a second, where an HMAC of each would
    take a microsecond and a half.
    """
    key = hmac.new(salt, purpose.encode("utf-8"), sha256).hexdigest()[:16]
    return hash_array(ids, hash_key=key, categorize=False)


def is_drawn(ids: NDArray[np.object_], *, share: float, salt: bytes, purpose: str) -> NDArray[np.bool_]:
    """(k,) whether each id belongs to the share that is drawn for the purpose."""
    return drawn_numbers(ids, salt=salt, purpose=purpose) < np.uint64(int(share * 2**64))


def is_held_out(unit_id: str, *, salt: bytes, share: float) -> bool:
    """Whether a customer (or household) belongs to the holdout: the same answer every night, on every machine.

    The HMAC keeps the group unpredictable for whoever does not hold the salt, and independent of any other
    split that is made by hashing ids.

    Args:
        share: wanted share of all units, in [0, 1).
    """
    digest = hmac.new(salt, unit_id.encode("utf-8"), sha256).digest()
    return int.from_bytes(digest[:8], "big") < int(share * 2**64)
