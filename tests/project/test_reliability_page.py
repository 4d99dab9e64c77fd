"""The page about reliability tells the figures of docs/reliability.json, as they stand there."""

import json
import re
from pathlib import Path

from benchmarks.reliability_table import FIGURES, page

ROOT = Path(__file__).parents[2]
COUNTS = json.loads(FIGURES.read_text())


def test_the_page_of_reliability_is_current():
    assert (ROOT / "docs/reliability.md").read_text() == page(COUNTS), (
        "run: python -m benchmarks.reliability_table > docs/reliability.md"
    )


def test_the_readme_tells_the_counts_of_kills_and_damaged_sets():
    readme = " ".join((ROOT / "README.md").read_text().split())
    kills, damaged = re.search(r"(\d+) kills .*? ([\d,]+) damaged sets", readme).groups()
    assert int(kills) == sum(facts["kills"] for name, facts in COUNTS.items() if name.startswith("kill -9"))
    assert damaged == f"{COUNTS['spoiled sets']['spoiled']:,}"
