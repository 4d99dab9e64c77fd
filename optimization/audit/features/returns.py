"""What the customer gives back."""

from optimization.audit.person import Money, Person


def returned(person: Person, days: int | None) -> Money:
    """Amounts, taken positive, of the window's lines with a negative amount or a negative quantity."""
    return Money(sum(abs(one.amount) for one in person.lines_within(days) if one.amount < 0 or one.quantity < 0))
