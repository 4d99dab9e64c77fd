"""Whether the customer buys more or less than before."""

from fractions import Fraction

from optimization.audit.person import Person, over


def spend_trend(person: Person, days: int) -> Fraction | None:
    """Amounts of the window as a part of those of twice the window; missing where the window has no line."""
    return over(person.spent_within(days), person.spent_within(2 * days)) if person.lines_within(days) else None


def baskets_trend(person: Person, days: int) -> Fraction | None:
    """Purchases of the window as a part of those of twice the window; missing where the window has none."""
    return over(person.baskets_within(days), person.baskets_within(2 * days)) if person.lines_within(days) else None
