"""How widely the customer buys."""

from fractions import Fraction

from expectations.audit.micros import MICROS
from expectations.audit.person import Money, Person, over


def categories(person: Person, days: int | None) -> int:
    """Different categories with a line in the window."""
    return len({line.category for line in person.lines_within(days)} - {None})


def contacts(person: Person, days: int | None) -> int:
    """Contacts in the window."""
    return len(person.contacts_within(days))


def days_since_last_contact(person: Person, _: int | None) -> int | None:
    """From the latest contact to the decision date."""
    return person.days_since(person.contacts)


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


def mean_gap_days(person: Person, days: int | None) -> Fraction | None:
    """Their mean."""
    gaps = person.gaps_within(days)
    return over(sum(gaps), len(gaps))


def longest_gap_days(person: Person, days: int | None) -> int | None:
    """The longest."""
    return max(person.gaps_within(days), default=None)


def lateness(person: Person, days: int | None) -> Fraction | None:
    """Days since the latest purchase of the window, as a multiple of the mean gap."""
    mean, since = mean_gap_days(person, days), person.days_since(person.purchase_days(days))
    return Fraction(since) / mean if mean and since is not None else None


def spend(person: Person, days: int | None) -> Money:
    """Amounts of the window, returns deducted."""
    return Money(person.spent_within(days))


def margin(person: Person, days: int | None) -> Money | None:
    """Margins of the window; missing where no line has one."""
    known = [line.margin for line in person.lines_within(days) if line.margin is not None]
    return Money(sum(known)) if known else None


def spend_per_basket(person: Person, days: int | None) -> Fraction | None:
    """Amounts of the window for each of its purchases, in the currency."""
    return over(person.spent_within(days), MICROS * person.baskets_within(days))


def category_spend(person: Person, days: int | None, category: str) -> Money:
    """Amounts of the window in the category."""
    return Money(person.spent_within(days, category))


def category_spend_share(person: Person, days: int | None, category: str) -> Fraction:
    """The category's part of what the window's lines that have a category add up to; 0 where that is nothing."""
    return over(person.spent_within(days, category), person.spent_in_categories(days)) or Fraction(0)


def days_since_last_purchase(person: Person, _: int | None) -> int | None:
    """From the latest day with a line to the decision date."""
    return person.days_since(person.purchase_days(None))


def category_days_since_last_purchase(person: Person, _: int | None, category: str) -> int | None:
    """From the latest day with a line of the category to the decision date."""
    return person.days_since(person.purchase_days(None, category))


def responses(person: Person, days: int | None) -> int:
    """Responses in the window."""
    return len(person.responses_within(days))


def days_since_last_response(person: Person, _: int | None) -> int | None:
    """From the latest response to the decision date."""
    return person.days_since([one.day for one in person.responses])


def response_amount(person: Person, days: int | None) -> Money:
    """What the responses of the window were worth; one that does not say was worth nothing."""
    return Money(sum(one.amount or 0 for one in person.responses_within(days)))


def returned(person: Person, days: int | None) -> Money:
    """Amounts, taken positive, of the window's lines with a negative amount or a negative quantity."""
    return Money(sum(abs(one.amount) for one in person.lines_within(days) if one.amount < 0 or one.quantity < 0))


def days_since_first_purchase(person: Person, _: int | None) -> int | None:
    """From the oldest day with a line to the decision date."""
    return person.days_since(person.purchase_days(None)[:1])


def spend_trend(person: Person, days: int) -> Fraction | None:
    """Amounts of the window as a part of those of twice the window; missing where the window has no line."""
    return over(person.spent_within(days), person.spent_within(2 * days)) if person.lines_within(days) else None


def baskets_trend(person: Person, days: int) -> Fraction | None:
    """Purchases of the window as a part of those of twice the window; missing where the window has none."""
    return over(person.baskets_within(days), person.baskets_within(2 * days)) if person.lines_within(days) else None
