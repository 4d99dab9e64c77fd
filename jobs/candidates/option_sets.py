"""Sets of options as whole numbers: option n is bit n % BITS of word n // BITS."""

from collections.abc import Iterable, Sequence

BITS = 63
"""Of the 64 of a word; the sign is left alone."""


def width(options: int) -> int:
    """How many words a set of so many options takes."""
    return max(1, -(-options // BITS))


def words(members: Iterable[int], options: int) -> list[int]:
    """The set that holds these positions among so many options."""
    words = [0] * width(options)
    for position in members:
        words[position // BITS] |= 1 << position % BITS
    return words


def members(bitset: Sequence[int]) -> list[int]:
    """The positions that a set holds, in order."""
    return [word * BITS + bit for word, value in enumerate(bitset) for bit in range(BITS) if value >> bit & 1]
