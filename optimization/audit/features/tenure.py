"""Since when the customer buys."""

from optimization.audit.person import Person


def days_since_first_purchase(person: Person, _: int | None) -> int | None:
    """From the oldest day with a line to the decision date."""
    return person.days_since(person.purchase_days(None)[:1])
