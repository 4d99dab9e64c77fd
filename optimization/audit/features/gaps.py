"""The days between purchases."""

from fractions import Fraction

from optimization.audit.person import Person, over


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
