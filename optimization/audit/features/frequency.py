"""How often the customer buys."""

from fractions import Fraction

from optimization.audit.person import Person, over


def baskets(person: Person, days: int | None) -> int:
    """Purchases in the window."""
    return person.baskets_within(days)


def active_days(person: Person, days: int | None) -> int:
    """Days in the window with a purchase."""
    return len(person.purchase_days(days))


def lines_per_basket(person: Person, days: int | None) -> Fraction | None:
    """Lines of the window for each of its purchases."""
    return over(len(person.lines_within(days)), person.baskets_within(days))


def category_active_days(person: Person, days: int | None, category: str) -> int:
    """Days in the window with a line of the category."""
    return len(person.purchase_days(days, category))
