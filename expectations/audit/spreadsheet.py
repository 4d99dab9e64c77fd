"""Cells of CSV files that people open in a spreadsheet: ids stand as they are, texts cannot begin a formula."""

import unicodedata

IDS = ("customer_id", "offer_id", "channel")
SIGNS = frozenset(
    "=+-@\u2212\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a\u207b\u207c\u208a\u208b\u208c\u2a75\u2a76\ufb29"
)
"""`= + - @` and the minus sign, in every form that is the same sign to a spreadsheet: wide, small, raised, lowered."""


def is_run(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula."""
    if unicodedata.category(text[:1] or "x") == "Cc":
        return True
    for sign in text:
        if unicodedata.category(sign)[0] not in "CZ":
            return sign in SIGNS
    return False


def cell(column: str, value: object) -> str:
    """A value as it must stand in a column: ids as they are, text that would be run with an apostrophe first."""
    text = "" if value is None else str(value)
    return f"'{text}" if column not in IDS and isinstance(value, str) and is_run(text) else text
