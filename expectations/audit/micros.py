"""Money as whole micros (millionths of a unit of the currency), as the auditor reads it.

The suite has the same constant in conf/micros.py. It is written here again on purpose: the auditor shares no code with
what it checks, so an error there cannot hide here.
"""

from decimal import Decimal

MICROS = 1_000_000
"""Micros in one unit of the currency, or of a quantity."""


def to_micros(amount: Decimal) -> int:
    """A published amount as whole micros, exact.

    Raises:
        ValueError: it has more than six decimals.
    """
    scaled = amount * MICROS
    if scaled != int(scaled):
        raise ValueError(f"{amount} has more than six decimals")
    return int(scaled)
