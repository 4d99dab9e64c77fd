"""What the customer answered."""

from optimization.audit.person import Money, Person


def responses(person: Person, days: int | None) -> int:
    """Responses in the window."""
    return len(person.responses_within(days))


def days_since_last_response(person: Person, _: int | None) -> int | None:
    """From the latest response to the decision date."""
    return person.days_since([one.day for one in person.responses])


def response_amount(person: Person, days: int | None) -> Money:
    """What the responses of the window were worth; one that does not say was worth nothing."""
    return Money(sum(one.amount or 0 for one in person.responses_within(days)))
