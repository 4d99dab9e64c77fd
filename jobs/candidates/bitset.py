"""Bitsets of options as lists of whole numbers: option n is bit n % BITS of word n // BITS."""

from collections.abc import Iterable, Sequence

BITS = 63
"""Bits used of the 64 of a word; the sign bit stays zero."""


def width(options: int) -> int:
    """How many words a bitset of so many options takes."""
    return max(1, -(-options // BITS))


def to_bitset(positions: Iterable[int], options: int) -> list[int]:
    """The bitset of these positions among so many options."""
    words = [0] * width(options)
    for position in positions:
        words[position // BITS] |= 1 << position % BITS
    return words


def options_in(bitset: Sequence[int]) -> list[int]:
    """The positions of the options in a bitset, in order."""
    return [word * BITS + bit for word, value in enumerate(bitset) for bit in range(BITS) if value >> bit & 1]
