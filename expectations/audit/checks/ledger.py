"""The ledger: our own earlier sets are evidence of whom we contacted, as long as they are what was committed.

The ledger names every commit in order. Each line holds the SHA-256 of the commit and of the line before, each commit
that of its set's checksums, and the lake keeps a copy. What an operator declared lost is not looked for. Files of sets
other than `decisions.parquet` are for `oneoffer ledger check`: no later night reads them.
"""

import hmac
from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.ledger import damage, secrets_known


def the_earlier_sets_are_as_committed(evidence: Evidence) -> Iterator[Breach]:
    """The ledger and every set that this one had to know are as they were committed; none is gone.

    Reads: ledger, its copy, commits, other sets.
    """
    for what in damage(evidence):
        yield Breach("ledger", what, 1)


def the_holdout_has_the_secret_of_earlier_sets(evidence: Evidence) -> Iterator[Breach]:
    """The holdout is drawn by the secret of the nearest set, unless the policy declares a rotation between.

    Reads: policy, commits.
    """
    holdout = evidence.policy.get("holdout")
    if not holdout or evidence.holdout_salt is None:
        return
    rotated = date.fromisoformat(str(holdout["rotated_on"])) if holdout.get("rotated_on") else None
    comparable = [
        (abs((day - evidence.as_of).days), secret)
        for day, secret in secrets_known(evidence)
        if rotated is None or (day >= rotated) == (evidence.as_of >= rotated)
    ]
    now = hmac.new(evidence.holdout_salt, b"fingerprint", sha256).hexdigest()[:16]
    if comparable and min(comparable)[1] != now:
        yield Breach("holdout", "it is drawn by another secret than that of the nearest set", 1)
