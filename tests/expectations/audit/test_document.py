"""The page about the auditor is written from its checks."""

import re
from pathlib import Path

from expectations.audit.auditor import all_checks
from expectations.audit.document import page

PAGE = Path(__file__).parents[3] / "docs/auditor.md"


def test_the_page_of_checks_is_current():
    assert PAGE.read_text("utf-8") == page(), "run: python -m expectations.audit.document > docs/auditor.md"


def test_every_check_says_what_it_holds_and_what_it_reads():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", page(), re.MULTILINE)
    assert sorted(name for name, *_ in rows) == sorted(check.__name__ for check in all_checks())
    assert all(holds.strip() and reads.strip() for _, holds, reads in rows)
