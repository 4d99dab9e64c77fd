"""When the customer bought last."""

from optimization.audit.person import Person


def days_since_last_purchase(person: Person, _: int | None) -> int | None:
    """From the latest day with a line to the decision date."""
    return person.days_since(person.purchase_days(None))


def category_days_since_last_purchase(person: Person, _: int | None, category: str) -> int | None:
    """From the latest day with a line of the category to the decision date."""
    return person.days_since(person.purchase_days(None, category))
