"""docs/reliability.md, from docs/reliability.json: `python -m benchmarks.reliability_table > docs/reliability.md`."""

import json
import sys
from pathlib import Path

FIGURES = Path(__file__).parents[1] / "docs" / "reliability.json"

HEAD = """# Reliability

Written by `python -m benchmarks.reliability_table > docs/reliability.md` from
[reliability.json](reliability.json), which `make reliability` writes; do not edit.

A reader sees one whole, audited set or none. `make reliability` tries to break that and counts what happens:
it kills runs, makes system calls fail, starts rival runs, feeds damaged inputs and damages finished sets.
Each test also holds a planted fault that it must catch. These are the counts of the last run.

"""
FOOT = """
How to read the names:

- **EIO, ENOSPC**: each call that changes a file fails in turn, as on a broken or a full disk. Exit 17 with
  nothing published is the right end (`untouched`). `committed but unconfirmed` means that the commit was
  written and only its confirmation failed; the next run verifies it.
- **kill -9**: the run is killed at each call that changes a file, in turn. `half`, `double` and `lost` count
  sets that a reader would have seen in part, twice, or no longer.
- **eight starters**: eight runs of one date at a time. `looks` counts what readers saw meanwhile.
- **oneoffer publish**: the same faults in the real command.
- **bad inputs**: the catalogue of [input gates](input_gates.md), each case with the exit code that it must
  have.
- **a no that is gone**: a recall and the next night of a company whose list of consents lost a refusal.
- **opt-out spellings**: drawn lists of consents whose refusals are spelled, dated and cut as people and
  systems do it, read by the night and by the auditor and compared with what was drawn.
- **files of other writers**: drawn text and Parquet files in the manner of other programs; night and auditor
  must read the rows that were written.
- **settings as people write them**: drawn numbers, days and spreadsheets' files in a deployment; what was
  meant is read, or refused at its line.
- **ordinary deaths**: commands without Java, with an old one, without memory, or whose Java is killed; each
  must say so, with its own exit code.
- **ledger faults**: drawn damage to sets, commits and the ledger of what was published; each must be seen.
- **orders of nights**: nights in drawn orders, some superseded; no window of days may hold more than its cap.
- **reruns**: nights repeated under other conditions (time zone, hash seed, number of cores, order of rows),
  compared byte by byte.
- **spoiled sets**: sets damaged in many ways, each of which the [auditor](auditor.md) must catch. `alarms`
  counts false alarms about undamaged sets.
- **set faults**: sets with more in them than a set has, or with other numbers in the manifest, in limits.csv
  or in the report.
- **left-out faults**: customers who get nothing, or are called so, and had to be treated otherwise;
  candidates, reasons and choices that do not follow from the raw rows.

[Publication](publication.md) says how a set comes to exist.
"""


def page(figures: dict[str, dict[str, int]]) -> str:
    """The whole page as Markdown: one row for each figure, by name, with the counts as the test took them."""
    rows = [f"| {name} | {_facts(facts)} |" for name, facts in sorted(figures.items())]
    return "\n".join([HEAD + "| what was tried | what came of it |", "|---|---|", *rows, FOOT])


def _facts(facts: dict[str, int]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {count:,}" for name, count in facts.items())


if __name__ == "__main__":
    sys.stdout.write(page(json.loads(FIGURES.read_text(encoding="utf-8"))))
