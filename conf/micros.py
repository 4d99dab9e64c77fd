"""Money as whole micros (millionths of a unit of the currency), so that every sum is exact."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

MICROS = 1_000_000
"""Micros in one unit of the currency."""
MAX_UNITS = 2**53 // MICROS
"""Units up to which a float is exact to the micro."""


class Unit(StrEnum):
    """What a whole number of money counts: units of the currency, or millionths of one."""

    UNITS = "units"
    MICROS = "micros"


def to_micros(units: Decimal | Fraction | float) -> Fraction:
    """An amount in the currency as micros, exact: a bound is rounded up or down by whoever states it.

    >>> to_micros(Decimal("0.25"))
    Fraction(250000, 1)
    """
    return Fraction(units) * MICROS


def to_units(micros: int) -> Decimal:
    """Whole micros as an amount in the currency, exact, without zeros at the end.

    >>> to_units(250_000)
    Decimal('0.25')
    """
    return Decimal(micros) / MICROS
