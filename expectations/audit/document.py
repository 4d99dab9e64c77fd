"""docs/auditor.md, from the docstrings of the checks: `python -m expectations.audit.document > docs/auditor.md`."""

import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from itertools import groupby

from expectations.audit.auditor import all_checks

HEAD = """# The auditor

Written by `python -m expectations.audit.document > docs/auditor.md` from the docstrings in
`expectations/audit/checks/`; do not edit.

Before every COMMIT, and whenever somebody runs `oneoffer verify SET`, all checks below run over the sealed
bytes of a set. None can be switched off. A breach ends with exit 15 and names limits, files and counts, never
a customer. The set is not committed.

The auditor shares no code with what made the set. It imports pyarrow and the policy's language with its
second evaluator, and no features, models, solver or writer of ours (an import contract). What it cannot read
is a breach, `cannot be checked`, and not a pass.

[Developing](developing.md) says how to add a check. `tests/reliability/test_spoiled_sets.py` damages drawn
sets in over fifty ways: each must be caught by the check that is there for it, and clean sets must raise no
alarm. With any one check silenced, the test must notice. `make test-full` takes 25 sets of each way and 200
clean ones.
"""
READS = re.compile(r"\n\nReads: (.+)\.\Z", re.DOTALL)


def page() -> str:
    """The whole page as Markdown: a section for each file of checks."""
    checks = sorted(all_checks(), key=lambda check: (check.__module__, check.__name__))
    sections = groupby(checks, key=lambda check: check.__module__)
    return HEAD + "".join("\n".join(_section(module, list(group))) for module, group in sections)


def _section(module: str, checks: list[Callable[..., object]]) -> Iterator[str]:
    title, _, text = (inspect.getdoc(sys.modules[module]) or "").partition("\n\n")
    yield f"\n## {title.rstrip('.')}\n"
    for paragraph in filter(None, text.split("\n\n")):
        yield (paragraph if paragraph.startswith("|") else _filled(paragraph)) + "\n"
    yield "| check | holds | reads |\n|---|---|---|"
    yield from map(_row, checks)
    yield ""


def _filled(text: str) -> str:
    return textwrap.fill(text, 110, break_on_hyphens=False, break_long_words=False)


def _row(check: Callable[..., object]) -> str:
    documentation = inspect.getdoc(check) or ""
    reads = READS.search(documentation)
    holds = READS.sub("", documentation)
    cells = (f"`{check.__name__}`", " ".join(holds.split()), " ".join(reads[1].split()) if reads else "")
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(page())
