"""Our own committed sets as a night sees them: those that were there when it began, or when its set was made."""

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from jobs.commit.commits import committed
from jobs.commit.ledger import Ledger, Position, read_ledger
from jobs.core.files import make_folder, write_file
from jobs.run_context import RunContext

SEEN, FILE = "ledger_seen", "position.json"
"""Lake table that says how far the ledger went when the date's night began."""


def pin_ledger(context: RunContext, ledger: Ledger) -> None:
    """Keep for the later stages how far the ledger goes.

    A date that is published already sees what its set was made from, unless it is to be superseded.
    """
    newest = None if context.is_superseding else committed(ledger.output, context.as_of)
    seen = ledger.before(newest) if newest else ledger
    content = json.dumps(asdict(seen.position)).encode()
    context.lake.write_file(content, SEEN, context.as_of, FILE)


def seen_position(context: RunContext) -> Position | None:
    """How far the ledger went when the date's night began; None where no night of it has begun."""
    if not context.lake.has(SEEN, context.as_of):
        return None
    return Position(**json.loads(context.lake.read_file(SEEN, context.as_of, FILE)))


def earlier_sets(context: RunContext) -> Ledger:
    """The ledger as the running night sees it; for everybody else as it is now.

    Raises:
        LedgerBroken: it is damaged, or not the one that the night began with.
    """
    ledger = read_ledger(context.settings.deployment.output)
    position = seen_position(context) if context.run_folder else None
    return ledger.at(position) if position else ledger


def ledger_copy(lake: Path, output: Path) -> Path:
    """Where the lake keeps the copy of an output's ledger: an output that is not mounted looks like a new one."""
    return lake / "ledgers" / f"{sha256(str(output.resolve()).encode()).hexdigest()[:16]}.jsonl"


def copy_of(lake: Path, output: Path) -> bytes:
    """What the lake keeps of an output's ledger; nothing where no night was published yet."""
    copy = ledger_copy(lake, output)
    return copy.read_bytes() if copy.is_file() else b""


def keep_ledger(lake: Path, ledger: Ledger) -> None:
    """Copy the ledger into the lake, in one step."""
    copy = ledger_copy(lake, ledger.output)
    attempt = copy.with_name(f".{copy.name}-{uuid4().hex}")
    make_folder(copy.parent)
    write_file(attempt, ledger.text)
    attempt.rename(copy)
