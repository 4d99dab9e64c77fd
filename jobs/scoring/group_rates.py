"""The mean score of a group, shrunk to that of wider groups."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

Group = tuple[str | None, ...]
"""A value for each attribute; None is a value too: of the customers of whom the attribute is not known."""


class GroupRates:
    """The rates of every group, also of groups in which nobody was scored.

    Each group is shrunk to the group with one attribute less, down to all customers:
    (sum of its scores + at_least * rate of the wider group) / (how many + at_least).

    Source: the posterior mean of a group under a prior worth `at_least` customers; Efron, Morris (1975), JASA 70.
    """

    def __init__(self, scored: Iterable[tuple[Group, int, int]], at_least: int) -> None:
        """Take the groups' scores.

        Args:
            scored: group, sum of its scores in millionths, how many customers.
            at_least: how many customers the wider group counts for.
        """
        self._at_least = at_least
        self._totals: dict[Group, tuple[int, int]] = {}
        for group, total, count in scored:
            for depth in range(len(group) + 1):
                before = self._totals.get(group[:depth], (0, 0))
                self._totals[group[:depth]] = (before[0] + total, before[1] + count)

    def rate(self, group: Sequence[str | None]) -> int | None:
        """In millionths, half to even; None where nobody at all was scored."""
        total, count = self._totals.get((), (0, 0))
        if count == 0:
            return None
        rate = Fraction(total, count)
        for depth in range(1, len(group) + 1):
            total, count = self._totals.get(tuple(group[:depth]), (0, 0))
            rate = (total + self._at_least * rate) / (count + self._at_least)
        return round(rate)
