"""Contacts that the customer had."""

from optimization.audit.person import Person


def contacts(person: Person, days: int | None) -> int:
    """Contacts in the window."""
    return len(person.contacts_within(days))


def days_since_last_contact(person: Person, _: int | None) -> int | None:
    """From the latest contact to the decision date."""
    return person.days_since(person.contacts)
