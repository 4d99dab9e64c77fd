"""What the customer spends."""

from fractions import Fraction

from optimization.audit.person import Money, Person, over

MILLION = 1_000_000


def spend(person: Person, days: int | None) -> Money:
    """Amounts of the window, returns deducted."""
    return Money(person.spent_within(days))


def margin(person: Person, days: int | None) -> Money | None:
    """Margins of the window; missing where no line has one."""
    known = [line.margin for line in person.lines_within(days) if line.margin is not None]
    return Money(sum(known)) if known else None


def spend_per_basket(person: Person, days: int | None) -> Fraction | None:
    """Amounts of the window for each of its purchases, in the currency."""
    return over(person.spent_within(days), MILLION * person.baskets_within(days))


def category_spend(person: Person, days: int | None, category: str) -> Money:
    """Amounts of the window in the category."""
    return Money(person.spent_within(days, category))


def category_spend_share(person: Person, days: int | None, category: str) -> Fraction:
    """The category's part of what the window's lines that have a category add up to; 0 where that is nothing."""
    return over(person.spent_within(days, category), person.spent_in_categories(days)) or Fraction(0)
