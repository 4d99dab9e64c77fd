"""How widely the customer buys."""

from optimization.audit.person import Person


def categories(person: Person, days: int | None) -> int:
    """Different categories with a line in the window."""
    return len({line.category for line in person.lines_within(days)} - {None})
