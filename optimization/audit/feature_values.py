"""Whether a stored feature is the value that it should have."""

from fractions import Fraction
from math import isclose

from optimization.audit.evidence import MILLIONTHS
from optimization.audit.person import Money, Value

CLOSE = 1e-9


def is_same(stored: float | None, value: Value) -> bool:
    """Whole numbers and money must be the same, ratios to a part in a thousand million."""
    if stored is None or value is None:
        return stored is value
    if isinstance(value, Fraction):
        return isclose(stored, value, rel_tol=CLOSE, abs_tol=0)
    return stored == (value.millionths / MILLIONTHS if isinstance(value, Money) else value)
