"""What the reader of a source notes about each row, in columns beside the table's own; a contract looks past them."""

_PREFIX = "note: "
IS_KNOWN = f"{_PREFIX}dated before the decision date"
IS_CUT = f"{_PREFIX}has more or fewer fields than the header"
FILE, BLOCK, LINE = f"{_PREFIX}file", f"{_PREFIX}block of the file", f"{_PREFIX}number in the task"
"""Where a row lies: the block is where Spark began to read, and rows of a block have numbers without a gap."""


def unreadable(column: str) -> str:
    """The note that something stands in the column's cell which is no value of its type, so that null is read."""
    return f"{_PREFIX}{column} cannot be read"


def in_future(column: str) -> str:
    """The note that the column's stamp lies after the day on which the job runs."""
    return f"{_PREFIX}{column} lies in the future"


def is_note(name: str) -> bool:
    """Whether a column holds a note."""
    return name.startswith(_PREFIX)
