"""Who is never contacted, so that the others can be compared with them."""

import hmac
from hashlib import sha256


def is_held_out(unit_id: str, *, salt: bytes, share: float) -> bool:
    """Whether a customer (or household) belongs to the holdout: the same answer every night, on every machine.

    The HMAC keeps the group unpredictable for whoever does not hold the salt, and independent of any other
    split that is made by hashing ids.

    Args:
        share: wanted share of all units, in [0, 1).
    """
    digest = hmac.new(salt, unit_id.encode("utf-8"), sha256).digest()
    return int.from_bytes(digest[:8], "big") < int(share * 2**64)
