"""The page about the auditor says what its checks say."""

import inspect
import re
from pathlib import Path

from expectations.audit.auditor import all_checks

PAGE = Path(__file__).parents[3] / "docs/auditor.md"


def test_every_check_has_a_line_in_its_own_words():
    message = {check.__name__: inspect.getdoc(check).split("\n\n")[0].split() for check in all_checks()}
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(), re.MULTILINE)
    assert {name: holds.split() for name, _, holds in rows} == message
    assert [name for name, *_ in rows] == sorted(message)
    assert all(reads.strip() for _, reads, _ in rows)
