"""Salts by which chance draws whom a test wants drawn."""

import hashlib
import hmac

import numpy as np
from pandas.util import hash_array


def drawn_by(salt: bytes, units: list[str]) -> set[str]:
    """A fifth of the units, as the holdout's definition says."""
    fifth = 2**64 // 5
    return {unit for unit in units if int(hmac.new(salt, unit.encode(), hashlib.sha256).hexdigest()[:16], 16) < fifth}


def salt_that_draws(wanted: set[str], units: list[str]) -> bytes:
    """The first of salt-0, salt-1, … whose fifth is exactly the units wanted."""
    return next(salt for number in range(10**6) if drawn_by(salt := b"salt-%d" % number, units) == wanted)


def key_of(salt: bytes, purpose: str) -> str:
    """The key of SipHash for a purpose."""
    return hmac.new(salt, purpose.encode(), hashlib.sha256).hexdigest()[:16]


def salt_that_chooses(purpose: str, wanted: dict[str, bool]) -> bytes:
    """The first of salt-0, salt-1, … by which half of all ids are drawn as wanted: SipHash keyed by the purpose."""
    ids = np.array(list(wanted), dtype=object)
    for number in range(10**6):
        key = key_of(salt := b"salt-%d" % number, purpose)
        if [item < 2**63 for item in hash_array(ids, hash_key=key, categorize=False)] == list(wanted.values()):
            return salt
    raise LookupError(purpose)
